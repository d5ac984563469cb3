using System.Globalization;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// A transaction of another role that keeps a login from being locked or dropped, or may do so: prepared (with a gid), or of an open session (with a pid).
/// It is named, never ended by us.
/// </summary>
internal sealed record Holdup(string? Gid, int? ProcessId, string Database, string Owner, DateTimeOffset? Since, HoldupEffect Effect)
{
    /// <summary>The facade's word for an effect.</summary>
    public static HoldupEffect EffectOf(string word) => word switch
    {
        "row" => HoldupEffect.ChangedThisRole,
        "grant" => HoldupEffect.RefersToThisRole,
        _ => HoldupEffect.ChangedRoles,
    };

    public override string ToString()
    {
        var since = Since is { } start ? $", since {start.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}" : string.Empty;
        var what = ProcessId is { } process ? $"open transaction of session {process} of {Owner} in database {Database}{since}" : $"prepared transaction in database {Database}, owner {Owner}{since}";
        var cure = ProcessId is { } session
            ? $"SELECT pg_terminate_backend({session})"
            : $"ROLLBACK PREPARED {NpgsqlReading.ReadableLiteral(Gid ?? string.Empty)}";
        return Effect switch
        {
            HoldupEffect.ChangedThisRole => $"{what}, has changed this login's role and holds its end up; as a superuser there: {cure}",
            HoldupEffect.RefersToThisRole => $"{what}, gives this login something or takes it away, and keeps it from being dropped; as a superuser there: {cure}",
            _ => $"{what}, has changed roles or memberships and may hold this login's end up; decide, as a superuser there: {cure}{(Gid is null ? string.Empty : ", or COMMIT PREPARED of the same name")}",
        };
    }
}

/// <summary>What is known of such a transaction's part in an ending.</summary>
internal enum HoldupEffect
{
    /// <summary>It changed roles, memberships or settings of roles, perhaps those of this login.</summary>
    ChangedRoles = 0,

    /// <summary>It refers to the login, as a grant to it does.</summary>
    RefersToThisRole = 1,

    /// <summary>It changed this login's own row.</summary>
    ChangedThisRole = 2,
}
