using System.Text.Json;
using DbChatOps.Host.Commands;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Tests.Contracts;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Storage;

public sealed class AuditExportTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_json_line_holds_what_is_needed_to_check_the_chain()
    {
        await GivenAsync(Entry("{\"note\":\"naïve\"}"));

        var line = (await JsonAsync(EntryFilter.Everything)).TrimEnd('\n');

        line.ShouldNotContain("\n");
        var json = JsonDocument.Parse(line).RootElement;
        json.GetProperty("sequence").GetInt64().ShouldBe(1);
        json.GetProperty("kind").GetString().ShouldBe("ticket.counted/1");
        json.GetProperty("incident").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("body").GetRawText().ShouldBe("{\"note\":\"naïve\"}");
        var digest = HashChain.DigestBody(
            Convert.FromHexString(json.GetProperty("salt").GetString()!), System.Text.Encoding.UTF8.GetBytes(json.GetProperty("body").GetRawText()));
        var hash = HashChain.Link(
            HashChain.Genesis, 1, json.GetProperty("at").GetDateTimeOffset(), "ticket.counted/1", "ticket:a", null, digest);
        json.GetProperty("hash").GetString().ShouldBe(Convert.ToHexStringLower(hash));
    }

    [Theory]
    [InlineData("{\n}")]
    [InlineData("not json")]
    public async Task A_body_that_we_did_not_write_does_not_break_its_line(string body)
    {
        await GivenAsync(Entry(body));

        var lines = (await JsonAsync(EntryFilter.Everything)).TrimEnd('\n').Split('\n');

        JsonDocument.Parse(lines.ShouldHaveSingleItem()).RootElement.GetProperty("body").GetString().ShouldBe(body);
    }

    [Theory]
    [InlineData("=HYPERLINK(1)", "'=HYPERLINK(1)")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM", "'@SUM")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("=\"a\",b", "\"'=\"\"a\"\",b\"")]
    [InlineData("plain", "plain")]
    public async Task A_cell_is_never_a_formula_and_never_breaks_its_row(string incident, string cell)
    {
        await GivenAsync(Entry("{}") with { Incident = incident });

        var text = await CsvAsync(EntryFilter.Everything);

        text.ShouldStartWith("sequence,at,kind,subject,incident,body,salt,bodyDigest,hash\r\n");
        text.ShouldContain($",ticket:a,{cell},{{}},");
        text.ShouldEndWith("\r\n");
    }

    [Fact]
    public async Task Filters_narrow_by_time_subject_and_kind()
    {
        await GivenAsync(
            Entry("{}"),
            Entry("{}") with { Subject = "ticket:b", At = Tickets.Noon.AddHours(1) },
            Entry("{}") with { Kind = "ticket.opened/1", At = Tickets.Noon.AddHours(2), Incident = "inc" });

        (await SequencesAsync(new EntryFilter { Since = Tickets.Noon.AddHours(1) })).ShouldBe([2, 3]);
        (await SequencesAsync(new EntryFilter { Until = Tickets.Noon.AddHours(1) })).ShouldBe([1]);
        (await SequencesAsync(new EntryFilter { Subject = "ticket:b" })).ShouldBe([2]);
        (await SequencesAsync(new EntryFilter { Kind = "ticket.opened" })).ShouldBe([3]);
        (await SequencesAsync(new EntryFilter { Kind = "ticket.opened/1" })).ShouldBe([3]);
        (await SequencesAsync(new EntryFilter { Kind = "ticket.open" })).ShouldBeEmpty();
        (await SequencesAsync(new EntryFilter { Incident = "inc" })).ShouldBe([3]);
        (await SequencesAsync(new EntryFilter { Newest = 2 })).ShouldBe([3, 2]);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static DraftEntry Entry(string body) => new()
    {
        At = Tickets.Noon,
        Kind = "ticket.counted/1",
        Subject = "ticket:a",
        Body = System.Text.Encoding.UTF8.GetBytes(body),
    };

    private Task<CommitOutcome> GivenAsync(params DraftEntry[] entries) => _store.Store.Ledger.CommitAsync(new Change { Entries = entries }, Ct);

    private Task<string> JsonAsync(EntryFilter filter) => ExportAsync(export => export.WriteJsonLinesAsync(filter, Ct));

    private Task<string> CsvAsync(EntryFilter filter) => ExportAsync(export => export.WriteCsvAsync(filter, Ct));

    private async Task<IReadOnlyList<long>> SequencesAsync(EntryFilter filter) =>
        [.. (await JsonAsync(filter)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt64())];

    private async Task<string> ExportAsync(Func<AuditExport, Task<long>> export)
    {
        await using var reader = SqliteLedgerReader.Open(_store.Path);
        await using var output = new StringWriter();
        await export(new AuditExport(reader, output));
        return output.ToString();
    }
}
