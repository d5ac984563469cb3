using System.Globalization;
using System.Reflection;
using Dapper;
using DbChatOps.Ledger;
using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Storage;

/// <summary>The numbered scripts in <c>Migrations</c>; the database carries the number of the last one as its user version.</summary>
internal static class SqliteMigrations
{
    private static readonly SortedDictionary<long, string> Scripts = ReadScripts();

    /// <summary>The schema that this release writes.</summary>
    public static long Known => Scripts.Keys.Last();

    /// <summary>Brings an older file up to date, each script in its own transaction.</summary>
    /// <exception cref="LedgerUnavailableException">The file was written by a newer release.</exception>
    public static void Apply(SqliteConnection connection)
    {
        try
        {
            var present = Refuse(connection);
            foreach (var (number, script) in Scripts.Where(script => script.Key > present))
            {
                using var transaction = connection.BeginTransaction();
                connection.Execute(script, transaction: transaction);
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {number}"), transaction: transaction);
                transaction.Commit();
            }
        }
        catch (SqliteException fault)
        {
            throw SqliteDatabase.Unavailable(fault);
        }
    }

    /// <summary>The file's schema version.</summary>
    /// <exception cref="LedgerUnavailableException">It is newer than <see cref="Known"/>.</exception>
    public static long Refuse(SqliteConnection connection)
    {
        var present = connection.ExecuteScalar<long>("PRAGMA user_version");
        return present <= Known
            ? present
            : throw new LedgerUnavailableException(
                $"The store has schema version {present}; this release knows versions up to {Known}. Start the newer release again.");
    }

    /// <summary>For a process beside the one that works on the file, which alone may bring it up to date.</summary>
    /// <exception cref="LedgerUnavailableException">It is not <see cref="Known"/>.</exception>
    public static void RefuseOther(SqliteConnection connection)
    {
        try
        {
            if (Refuse(connection) is var present && present != Known)
            {
                throw new LedgerUnavailableException(string.Create(
                    CultureInfo.InvariantCulture, $"The store has schema version {present}; this release works on version {Known}. Start the bot of this release first."));
            }
        }
        catch (SqliteException fault)
        {
            throw SqliteDatabase.Unavailable(fault);
        }
    }

    private static SortedDictionary<long, string> ReadScripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var marker = $"{typeof(SqliteMigrations).Namespace}.Migrations.";
        var scripts = new SortedDictionary<long, string>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(marker, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} cannot be read.");
            using var reader = new StreamReader(stream);
            scripts.Add(long.Parse(name.AsSpan(marker.Length, 4), CultureInfo.InvariantCulture), reader.ReadToEnd());
        }

        return scripts;
    }
}
