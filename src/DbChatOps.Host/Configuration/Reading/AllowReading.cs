using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Levels.&lt;level&gt;.Allow[]</c>: each entry names one power and the reason for it.</summary>
internal static class AllowReading
{
    private const int LongestReason = 200;

    private static readonly PowerKind[] Kinds = Enum.GetValues<PowerKind>();

    private static readonly HashSet<string> Attributes = new(["CREATEDB", "LOGIN"], StringComparer.Ordinal);

    /// <summary>With any of these a session can read and change everything on the server, or run programs on its machine.</summary>
    private static readonly HashSet<string> Never = new(
        ["SUPERUSER", "CREATEROLE", "REPLICATION", "BYPASSRLS", "pg_execute_server_program", "pg_write_server_files", "pg_read_server_files"],
        StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<AllowedPower> Read(SettingReader level)
    {
        var allowed = new List<AllowedPower>();
        foreach (var entry in level.Children("Allow"))
        {
            var named = Kinds.Select(kind => (Kind: kind, Name: entry.Text(kind.ToString()))).Where(static power => power.Name is not null).ToList();
            var reason = entry.RequiredText("Reason");
            entry.Done();
            if (reason.Length > LongestReason)
            {
                entry.Wrong("Reason", $"is longer than {LongestReason} characters");
            }

            if (named is not [(var kind, { } name)])
            {
                // A key with a wrong value has been told already.
                if (named.Count > 0 || !Kinds.Any(known => entry.Has(known.ToString())))
                {
                    entry.Wrong($"must name exactly one of {string.Join(", ", Kinds)}");
                }

                continue;
            }

            Check(entry, kind, name);
            if (allowed.Exists(power => power.Kind == kind && power.Name == name))
            {
                entry.Wrong(kind.ToString(), $"\"{SettingReader.Shown(name)}\" is allowed twice");
            }

            allowed.Add(new AllowedPower(kind, name, reason));
        }

        return allowed;
    }

    private static void Check(SettingReader entry, PowerKind kind, string name)
    {
        if (kind is PowerKind.Role or PowerKind.AdminOf or PowerKind.Attribute && Never.Contains(name))
        {
            entry.Wrong(kind.ToString(), $"\"{SettingReader.Shown(name)}\" can never be allowed: with it a session reaches the whole server; take it from the role");
        }
        else if (kind is PowerKind.Attribute && !Attributes.Contains(name))
        {
            entry.Wrong(kind.ToString(), $"\"{SettingReader.Shown(name)}\" is not known here; known are {string.Join(", ", Attributes.Order(StringComparer.Ordinal))}");
        }
    }
}
