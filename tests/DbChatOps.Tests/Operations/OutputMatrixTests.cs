using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Commands;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Tests.Access;
using DbChatOps.Tests.Slack;
using DbChatOps.Tests.Storage;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Operations;

/// <summary>One set of hostile texts through everything that people read or paste.</summary>
public sealed partial class OutputMatrixTests : IAsyncDisposable
{
    private static readonly string[] Payloads =
    [
        "<!channel>", "<!here|all>", "<@U0DBA00001>", "<#C0GENERAL3>", "<https://evil.example|Approve>", "&lt;!channel&gt;", "*bold* _it_ ~gone~", "`code` ```block```", "> quoted", ":tada:",
        "a\u202egnirts\u2066x\u2069", "zero\u200bwidth", "\u001b[2J\u001b]0;owned\u0007red", "bell\u0007\b\u007f\u009b31m", "=HYPERLINK(\"https://evil\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
        "line\r\n2026-11-22 FATAL forged\nsecond", "sep\u2028arated\u0085x", "'; DROP TABLE x; --", "\"quoted\",\"cells\"", "{\"Level\":\"Fatal\"}", "{0} {Text} {@Secret}",
        "$(reboot) `id` \\ !! %", "100%`id`%:HOST:%[x", "\\", "'", "",
    ];

    private readonly SqliteStoreUnderTest _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Output_HostileTextMatrix()
    {
        foreach (var text in Payloads)
        {
            Chat(text);
            Terminal(text);
            Log(text);
            Pasted(text);
        }

        await ExportsAsync();
    }

    /// <summary>Slack takes it, finds no mark in it that is not ours, and nothing in it turns the line around.</summary>
    private static void Chat(string text)
    {
        var drawn = Gallery.CardsSaying(text).Select(BlockKitPresenter.Message).ToList();
        var views = Gallery.DialogsSaying(text).Select(BlockKitPresenter.View).ToList();
        drawn.ForEach(BlockKitJudge.Message);
        views.ForEach(BlockKitJudge.View);
        foreach (var (said, isMarked) in drawn.Concat(views).SelectMany(Texts))
        {
            Quiet(said.Replace("\n", "", StringComparison.Ordinal), text);
            if (isMarked)
            {
                OurMarks().Replace(said, "").ShouldNotContain("<", customMessage: text);
                said.ShouldNotContain("<@U0DBA00001");
                // Between our backticks nothing means anything, and a statement can be copied as it is.
                InCode().Replace(said, "").ShouldNotContain("*bold*");
                said.ShouldNotContain("```");
            }
        }
    }

    private static void Terminal(string text)
    {
        var ending = Gallery.Ended(text);
        var gone = RecordRevocation.Decide(ending, Gone(At(6), text), Facts(Principal.Bot, At(6))).OrThrow().Next;
        foreach (var line in GrantTable.Of([Gallery.Held(text), ending, gone]).Concat(new[] { ending, gone }.Select(GrantLines.Ending)).Append(GrantLines.Gone(gone)))
        {
            Quiet(line, text);
        }
    }

    /// <summary>One line of JSON of one level, with no escape sequence in it.</summary>
    private static void Log(string text)
    {
        using var output = new StringWriter();
        using (var factory = LoggerFactory.Create(builder => builder.UseStructuredConsole(output)))
        {
            factory.CreateLogger("test").LogWarning(new InvalidOperationException(text), "Said {Text}", text);
        }

        var line = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem(text).TrimEnd('\r');
        Quiet(line.Replace("\u200b", "", StringComparison.Ordinal), text);
        JsonNode.Parse(line)!["Level"]!.GetValue<string>().ShouldBe("Warning");
    }

    /// <summary>What is pasted is one line that shows itself whole; what a shell makes of it is asked of a shell elsewhere.</summary>
    private static void Pasted(string text)
    {
        var line = PsqlLine.Connect(OrdersProd.Connect with { CaFile = text }, text, "dbco_ana_x");
        PlainText.Clean(line, line.Length).ShouldBe(line, text);

        const string Begin = @"\set PROMPT1 '%[%033[1;41m%] ", End = " %[%033[0m%] %/%R%# '";
        var prompt = PsqlLine.Prompt(text, "41");
        Quiet(prompt, text);
        (prompt.StartsWith(Begin, StringComparison.Ordinal), prompt.EndsWith(End, StringComparison.Ordinal)).ShouldBe((true, true), text);
        var label = prompt[Begin.Length..^End.Length];
        label.ShouldNotContain("`", customMessage: text);
        label.Replace("%%", "", StringComparison.Ordinal).ShouldNotContain("%", customMessage: text);
        label.Replace(@"\\", "", StringComparison.Ordinal).Replace(@"\'", "", StringComparison.Ordinal).ShouldNotContain("'", customMessage: text);
    }

    /// <summary>Rows and columns stay where they are, no cell is a formula, and every JSON line is one entry.</summary>
    private async Task ExportsAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        DraftEntry[] entries = [.. Payloads.Select(text => new RequestWithdrawn { Request = TheRequest, By = new PersonId("slack", "T0", text), At = At(1) }.ToDraft() with { Incident = text })];
        await _store.Store.Ledger.CommitAsync(new Change { Entries = entries }, ct);
        await using var reader = SqliteLedgerReader.Open(_store.Path);
        await using var csv = new StringWriter();
        await using var lines = new StringWriter();
        await new AuditExport(reader, csv).WriteCsvAsync(EntryFilter.Everything, ct);
        await new AuditExport(reader, lines).WriteJsonLinesAsync(EntryFilter.Everything, ct);

        var rows = Rows(csv.ToString()).ToList();
        rows.Count.ShouldBe(Payloads.Length + 1);
        rows.ShouldAllBe(row => row.Count == 9);
        rows.SelectMany(row => row).ShouldAllBe(cell => cell.Length == 0 || !"=+-@\t\r".Contains(cell[0], StringComparison.Ordinal));
        lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["incident"]?.GetValue<string>()).ShouldBe(Payloads);
    }

    /// <summary>A reader of RFC 4180, as a spreadsheet is.</summary>
    private static IEnumerable<IReadOnlyList<string>> Rows(string csv)
    {
        List<string> row = [];
        foreach (Match match in Cells().Matches(csv))
        {
            var cell = match.Groups["cell"].Value;
            row.Add(cell.StartsWith('"') ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell);
            if (match.Groups["end"].Value == "\r\n")
            {
                yield return row;
                row = [];
            }
        }
    }

    private static void Quiet(string shown, string text) =>
        shown.Any(character => char.IsControl(character) || character is (>= '\u200b' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))
            .ShouldBeFalse($"{text} in {shown}");

    /// <summary>Every text that is shown, and whether Slack looks for marks in it.</summary>
    private static IEnumerable<(string Text, bool IsMarked)> Texts(JsonNode? node) => node switch
    {
        JsonObject it => it.SelectMany(member => member.Key is "text" or "initial_value" && member.Value is JsonValue value
            ? [(value.GetValue<string>(), it["type"]?.GetValue<string>() is null or "mrkdwn")]
            : Texts(member.Value)),
        JsonArray list => list.SelectMany(Texts),
        _ => [],
    };

    [GeneratedRegex("`[^`]*`", RegexOptions.NonBacktracking)]
    private static partial Regex InCode();

    [GeneratedRegex(@"<@U[1-4]>|<!date\^\d+\^[^<>|]*\|[^<>]*>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OurMarks();

    [GeneratedRegex("""(?<cell>"([^"]|"")*"|[^",\r\n]*)(?<end>,|\r\n)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cells();
}
