using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>A role of the right name as it stands on the writer, with its mark if it has one.</summary>
/// <param name="ValidUntil">Absent when the role has no end, or is locked.</param>
internal sealed record FoundLogin(string Name, uint Oid, bool CanLogin, DateTimeOffset? ValidUntil, LoginMark? Mark, bool IsLocked)
{
    /// <summary>Null when there is no role of that name.</summary>
    public static async Task<FoundLogin?> OfAsync(NpgsqlConnection writer, string login, CancellationToken ct)
    {
        var records = await LoginRecords.OfAsync(writer, [login], ct);
        return (await writer.RowsAsync(FacadeStatements.Login, row => Read(row, records), ct, login)).SingleOrDefault();
    }

    public static FoundLogin Read(NpgsqlDataReader row, IReadOnlyDictionary<string, LoginMark>? records)
    {
        var (name, oid) = (row.GetString(0), row.GetFieldValue<uint>(1));
        return new FoundLogin(
            name,
            oid,
            row.GetBoolean(2),
            row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3),
            LoginRecords.Of(records, name, oid, row.TextOrNull(4)),
            row.GetBoolean(5));
    }
}
