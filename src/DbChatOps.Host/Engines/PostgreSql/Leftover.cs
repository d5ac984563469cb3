using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Something on the server that belongs, or may belong, to an ending login; without a gid it is owned or held.</summary>
internal sealed record Leftover(EndingState Login, string Database, string? PreparedGid, PreparedUnder? PreparedUnder)
{
    public static async Task<List<Leftover>> ReadAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> logins, CancellationToken ct)
    {
        var byOid = logins.Where(static l => l.Oid is not null).ToDictionary(static l => l.Oid ?? 0);
        var under = logins
            .SelectMany(static l => l is { Oid: { } oid, Closing.Mark: { Since: { } since } mark } ? mark.Reached.Select(role => (oid, role, since)) : [])
            .ToList();
        return await writer.RowsAsync(
            EndingStatements.Leftovers,
            row => Read(row, byOid[row.GetFieldValue<uint>(0)]),
            ct,
            byOid.Keys.ToArray(),
            under.Select(static u => u.oid).ToArray(),
            under.Select(static u => u.role).ToArray(),
            under.Select(static u => u.since).ToArray());
    }

    private static Leftover Read(NpgsqlDataReader row, EndingState login) => new(
        login,
        row.GetString(1),
        row.TextOrNull(2),
        row.IsDBNull(3) ? null : new PreparedUnder(row.GetString(2), row.GetString(1), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4)));
}
