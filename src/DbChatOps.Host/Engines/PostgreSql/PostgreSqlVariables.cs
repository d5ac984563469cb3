namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Variables by which PostgreSQL's clients can be told how to connect, and which the driver reads too. The bot connects as its configuration says and in no other
/// way; a value that the driver does not know would even end the process. <c>PGUSER</c> and <c>PGPASSWORD</c> stay: the configuration always names both itself, and
/// may name such a variable as the source of a secret.
/// </summary>
internal static class PostgreSqlVariables
{
    /// <summary>Those that Npgsql reads where its settings are silent.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "PGCLIENTENCODING", "PGGSSENCMODE", "PGOPTIONS", "PGPASSFILE", "PGREQUIREAUTH", "PGSSLCERT", "PGSSLKEY", "PGSSLNEGOTIATION", "PGSSLROOTCERT", "PGTARGETSESSIONATTRS", "PGTZ",
    ];

    /// <summary>For this process, before the first connection.</summary>
    public static void Forget()
    {
        foreach (var name in Names)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }
}
