using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// The server's record of logins (table <c>dbchatops.login</c>). Set-ups before version 4 keep none; there the comment on the role says
/// what is needed to end it, and nothing new is made.
/// </summary>
internal static class LoginRecords
{
    private const string Columns =
        """
        l.login::text, l.login_oid, l.grant_id, l.mac, l.generation, l.revealed_at, l.reached,
               ARRAY(SELECT r.rolname::text FROM pg_roles r
                      WHERE r.oid = ANY (l.reached) AND r.rolname NOT IN ('dbchatops_temp', coalesce(l.standing_role, ''), coalesce(s.owner_role, '')) ORDER BY 1),
               to_regrole(quote_ident(l.standing_role))::oid, l.powers, l.number, l.minted_at,
               l.standing_role IS NOT NULL
          FROM dbchatops.login l LEFT JOIN dbchatops.standing_role s ON s.role_name = l.standing_role
        """;

    private const string OfNames = $"SELECT {Columns} WHERE l.login = ANY ($1::text[]::name[])";

    private const string OfPresent = $"SELECT {Columns} WHERE l.state <> 'gone'";

    private const string Newest = $"SELECT {Columns} ORDER BY l.number DESC LIMIT $1";

    /// <summary>Name → record. Null when this server's set-up keeps none.</summary>
    public static Task<Dictionary<string, LoginMark>?> OfAsync(NpgsqlConnection writer, IReadOnlyList<string> logins, CancellationToken ct) =>
        ReadAsync(writer, OfNames, ct, (object)logins.ToArray());

    /// <summary>The records of all logins that the facade has not dropped.</summary>
    public static Task<Dictionary<string, LoginMark>?> OfPresentAsync(NpgsqlConnection writer, CancellationToken ct) => ReadAsync(writer, OfPresent, ct);

    /// <summary>The newest lines, newest first; empty when this server's set-up keeps none.</summary>
    public static async Task<IReadOnlyList<MintedLogin>> NewestAsync(
        NpgsqlConnection writer, Secret key, string systemIdentifier, int count, CancellationToken ct)
    {
        try
        {
            return await writer.RowsAsync(
                Newest,
                row =>
                {
                    var (name, mark) = Read(row);
                    var oid = mark.RecordedOid ?? 0;
                    return new MintedLogin
                    {
                        Number = row.GetInt64(10),
                        Name = name,
                        Oid = oid,
                        Grant = mark.Grant,
                        MacVerifies = mark.Verifies(key, name, systemIdentifier, oid),
                        MintedAt = row.GetFieldValue<DateTimeOffset>(11),
                    };
                },
                ct,
                count);
        }
        catch (PostgresException fault) when (IsOldSetUp(fault))
        {
            return [];
        }
    }

    /// <summary>The mark of a role: its record when that is about this very role, else what the comment says.</summary>
    public static LoginMark? Of(IReadOnlyDictionary<string, LoginMark>? records, string login, uint oid, string? comment) =>
        records?.GetValueOrDefault(login) is { } recorded && recorded.RecordedOid == oid ? recorded : MarkComment.Parse(comment);

    private static async Task<Dictionary<string, LoginMark>?> ReadAsync(NpgsqlConnection writer, string sql, CancellationToken ct, params object[] parameters)
    {
        try
        {
            return (await writer.RowsAsync(sql, Read, ct, parameters)).ToDictionary(static r => r.Name, static r => r.Mark, StringComparer.Ordinal);
        }
        catch (PostgresException fault) when (IsOldSetUp(fault))
        {
            return null;
        }
    }

    private static bool IsOldSetUp(PostgresException fault) =>
        fault.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgreSqlFaults.InsufficientPrivilege;

    private static (string Name, LoginMark Mark) Read(NpgsqlDataReader row) => (row.GetString(0), new LoginMark
    {
        RecordedOid = row.GetFieldValue<uint>(1),
        Grant = row.TextOrNull(2) is { } grant ? GrantId.Parse(grant) : null,
        Mac = row.TextOrNull(3),
        Generation = row.GetInt32(4),
        Since = row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        Reached = row.GetFieldValue<uint[]>(6),
        ReachedOthers = row.GetFieldValue<string[]>(7),
        StandingRole = row.IsDBNull(8) ? null : row.GetFieldValue<uint>(8),
        Powers = row.TextOrNull(9),
        IsWhole = row.GetBoolean(12),
    });
}
