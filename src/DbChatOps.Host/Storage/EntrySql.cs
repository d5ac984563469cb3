using Dapper;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <summary>An <see cref="EntryFilter"/> as SQL, composed of constants.</summary>
internal static class EntrySql
{
    private const string Columns = """
        SELECT seq AS Sequence, at AS At, kind AS Kind, subject AS Subject, incident AS Incident, body AS Body, salt AS Salt, digest AS Digest, hash AS Hash
        FROM ledger
        """;

    public const string BySubject = Columns + " WHERE subject >= @from AND subject < @to ORDER BY subject, seq";

    public static (string Sql, DynamicParameters Values) Select(EntryFilter filter)
    {
        var terms = new List<string> { "1 = 1" };
        var values = new DynamicParameters();
        Term("at >= @since", "since", filter.Since?.UtcTicks);
        Term("at < @until", "until", filter.Until?.UtcTicks);
        Term("subject = @subject", "subject", filter.Subject);
        Term("incident = @incident", "incident", filter.Incident);
        Term("(kind = @eventKind OR substr(kind, 1, length(@eventKind) + 1) = @eventKind || '/')", "eventKind", filter.Kind);
        values.Add("limit", filter.Newest ?? -1);
        var order = filter.Newest is null ? "seq" : "seq DESC";
        return ($"{Columns} WHERE {string.Join(" AND ", terms)} ORDER BY {order} LIMIT @limit", values);

        void Term(string term, string name, object? value)
        {
            if (value is not null)
            {
                terms.Add(term);
                values.Add(name, value);
            }
        }
    }
}
