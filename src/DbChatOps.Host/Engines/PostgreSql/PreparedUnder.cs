using System.Globalization;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// A transaction that was prepared under a role which an ending login could become, in its window, or one that holds its end up. The server does not record
/// whose session it was: it is named, never rolled back by us.
/// </summary>
internal sealed record PreparedUnder(string Gid, string Database, string Owner, DateTimeOffset Since)
{
    public PreparedEffect Effect { get; init; }

    public override string ToString()
    {
        var gid = NpgsqlReading.ReadableLiteral(Gid);
        var since = Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var what = $"prepared transaction in database {Database}, owner {Owner}, since {since}";
        return Effect switch
        {
            PreparedEffect.ChangedThisRole => $"{what}, has changed this login's role and holds its end up; as a superuser there: ROLLBACK PREPARED {gid}",
            PreparedEffect.ChangedRoles => $"{what}, has changed roles or memberships and may hold this login's end up; decide, as a superuser there: ROLLBACK PREPARED {gid}, or COMMIT PREPARED of the same name",
            _ => $"{what}, may be this login's; decide, as a superuser there: ROLLBACK PREPARED {gid}, or COMMIT PREPARED of the same name",
        };
    }
}

/// <summary>What is known of a prepared transaction's part in an ending.</summary>
internal enum PreparedEffect
{
    /// <summary>It may be the login's work.</summary>
    Unknown = 0,

    /// <summary>It changed roles, memberships or settings of roles, perhaps those of this login.</summary>
    ChangedRoles = 1,

    /// <summary>It changed this login's own row.</summary>
    ChangedThisRole = 2,
}
