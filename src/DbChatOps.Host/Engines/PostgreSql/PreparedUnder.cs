using System.Globalization;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// A transaction that was prepared under a role which an ending login could become, in its window. The server does not record whose session it was: it is
/// named, never rolled back by us.
/// </summary>
internal sealed record PreparedUnder(string Gid, string Database, string Owner, DateTimeOffset Since)
{
    public override string ToString()
    {
        var since = Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"prepared transaction in database {Database}, owner {Owner}, since {since}, may be this login's; decide, as a superuser there: "
            + $"ROLLBACK PREPARED {NpgsqlReading.ReadableLiteral(Gid)}, or COMMIT PREPARED of the same name";
    }
}
