using System.Globalization;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// A transaction that was prepared under a role which an ending login could become, in its window. The server does not record whose session it was:
/// it is named, never rolled back by us.
/// </summary>
internal sealed record PreparedUnder(string Gid, string Database, string Owner, DateTimeOffset Since)
{
    /// <summary>It changed the login's own row, which only the login can: no doubt whose it is.</summary>
    public bool HoldsTheLockUp { get; init; }

    public override string ToString()
    {
        var gid = NpgsqlReading.ReadableLiteral(Gid);
        var since = Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var what = $"prepared transaction in database {Database}, owner {Owner}, since {since}";
        return HoldsTheLockUp
            ? $"{what}, is this login's and holds its lock up; as a superuser there: ROLLBACK PREPARED {gid}"
            : $"{what}, may be this login's; decide, as a superuser there: ROLLBACK PREPARED {gid}, or COMMIT PREPARED of the same name";
    }
}
