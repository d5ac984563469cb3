using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Levels.&lt;level&gt;.Allow[]</c>: each entry names one power and the reason for it.</summary>
internal static class AllowReading
{
    private const int LongestReason = 200;

    private static readonly PowerKind[] Kinds = Enum.GetValues<PowerKind>();

    /// <summary>Keys of powers that the set-up script never lends.</summary>
    private static readonly string[] Never = ["AdminOf", "Attribute"];

    /// <summary>
    /// The roles of the server itself (<c>pg_…</c>) that the set-up script lends. Through any other a session reads or writes all tables, acts on sessions of
    /// others, or reaches files and programs of the machine.
    /// </summary>
    public static IReadOnlyList<string> LendableServerRoles { get; } =
        ["pg_checkpoint", "pg_database_owner", "pg_monitor", "pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables", "pg_use_reserved_connections"];

    public static IReadOnlyList<AllowedPower> Read(SettingReader level)
    {
        var allowed = new List<AllowedPower>();
        foreach (var entry in level.Children("Allow"))
        {
            var named = Kinds.Select(kind => (Kind: kind, Name: entry.Text(kind.ToString()))).Where(static power => power.Name is not null).ToList();
            var reason = entry.RequiredText("Reason");
            var never = Never.Where(key => entry.Text(key) is not null).ToList();
            entry.Done();
            if (reason.Length > LongestReason)
            {
                entry.Wrong("Reason", $"is longer than {LongestReason} characters");
            }

            never.ForEach(key => entry.Wrong(key, "can never be allowed: the set-up script lends no role that holds this, directly or through another; take it from the role"));
            if (named is not [(var kind, { } name)])
            {
                // A key with a wrong value has been told already.
                if (named.Count > 0 || !Kinds.Any(known => entry.Has(known.ToString())) && !Never.Any(entry.Has))
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
        if (kind is PowerKind.Role && name.StartsWith("pg_", StringComparison.Ordinal) && !LendableServerRoles.Contains(name, StringComparer.Ordinal))
        {
            entry.Wrong(
                kind.ToString(),
                $"\"{SettingReader.Shown(name)}\" can never be allowed: of the server's own roles the set-up script lends only {string.Join(", ", LendableServerRoles)}; take it from the role");
        }
    }
}
