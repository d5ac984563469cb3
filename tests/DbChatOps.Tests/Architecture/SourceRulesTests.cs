using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Architecture;

/// <summary>House rules that a reader would otherwise have to enforce.</summary>
public sealed class SourceRulesTests
{
    private const int LongFile = 300;

    /// <summary>Places where the compiler cannot know what a lifecycle or a query guarantees. The number only goes down.</summary>
    private const int ForgivenNulls = 12;

    private static readonly Regex LeftOver = SourceTree.Rule(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException|#region");
    private static readonly Regex PublicType = SourceTree.Rule(@"^public [\w ]*\b(class|record|struct|interface|enum|delegate)\b");

    /// <summary>Long files and why they may be.</summary>
    private static readonly Dictionary<string, string> MayBeLong = new(StringComparer.Ordinal)
    {
        ["tests/DbChatOps.Tests/Contracts/LoginEngineContract.cs"] = "one contract, read from top to bottom by whoever writes an engine",
        ["tests/DbChatOps.Tests/Slack/SlackDoorwayTests.cs"] = "one doorway, every way in",
        ["tests/DbChatOps.Tests/Engines/PostgreSqlRevocationTests.cs"] = "one promise, every way to break it",
        ["tests/DbChatOps.Tests/Journeys/AccessStoryTests.cs"] = "every command once, as people type and press it",
        ["tests/DbChatOps.Tests/Journeys/BotUnderTest.cs"] = "the whole bot put together once",
    };

    [Fact]
    public void Files_stay_small() =>
        SourceTree.Program.Concat(SourceTree.Tests).Where(file => file.Lines.Count() - 1 > LongFile && !MayBeLong.ContainsKey(file.Path)).Select(file => file.Path)
            .ShouldBeEmpty("split it by concept, or say here why it may be long");

    [Fact]
    public void No_excuse_outlives_its_file() =>
        MayBeLong.Keys.Where(path => !File.Exists(Path.Combine(SourceTree.Root, path)) || File.ReadLines(Path.Combine(SourceTree.Root, path)).Count() <= LongFile).ShouldBeEmpty();

    [Fact]
    public void No_type_is_named_after_nothing() => SourceTree.Program.Concat(SourceTree.Tests)
        .Lines(SourceTree.Rule(@"\b(class|record|struct|interface|enum) +\w*(Helper|Helpers|Manager|Util|Utils|Utility|Common|Base|Dto|Data|Info|Processor|Service)\b(?! +\w+ *[({])"))
        .Where(line => !line.Contains(": IWebApiMethod", StringComparison.Ordinal))
        .ShouldBeEmpty("Slack's own method names (users.info) are the one exception");

    [Fact]
    public void Nothing_is_left_over() => SourceTree.Program.Concat(SourceTree.Tests.Where(file => !file.Path.EndsWith("/SourceRulesTests.cs", StringComparison.Ordinal)))
        .SelectMany(file => file.Lines.Where(line => LeftOver.IsMatch(line)).Select(line => $"{file.Path}: {line.Trim()}"))
        .ShouldBeEmpty();

    [Fact]
    public void Time_comes_from_outside() => SourceTree.Program.Where(file => !file.Path.StartsWith("src/DbChatOps.Playground/", StringComparison.Ordinal))
        .Lines(SourceTree.Rule(@"\bDateTime(Offset)?\.(Utc)?Now\b|\bThread\.Sleep\b")).ShouldBeEmpty();

    [Fact]
    public void Nothing_blocks_or_escapes_the_scheduler() => SourceTree.Program
        .Lines(SourceTree.Rule(@"(Async\([^()]*\)|[tT]ask)\.Result\b|\.GetAwaiter\(\)\.GetResult\(\)|\bTask\.Run\(")).ToList()
        .ShouldBe(["src/DbChatOps.Host/Storage/Committer.cs: _writer = Task.Run(DrainAsync);"]);

    /// <summary>What is pinned on a grant or a request names the human of that day; who they are is asked of the configuration now.</summary>
    [Fact]
    public void People_are_told_apart_by_the_links_of_today() => SourceTree.Program
        .Lines(SourceTree.Rule(@"\.Human\b\s*(==|!=|is\b|\.Equals)|(==|!=)\s*[\w.]+\.Human\b")).ShouldBeEmpty();

    [Fact]
    public void Nulls_are_not_argued_away()
    {
        var forgiven = SourceTree.Core.Lines(SourceTree.Rule(@"[\w)\]>]!([.;,)\[]|$| with\b)")).Where(line => !SourceTree.Rule("\"[^\"]*![^\"]*\"").IsMatch(line)).ToList();

        forgiven.Count.ShouldBeLessThanOrEqualTo(ForgivenNulls, string.Join('\n', forgiven));
    }

    [Fact]
    public void Every_public_type_of_the_core_says_what_it_promises()
    {
        var silent = new List<string>();
        foreach (var file in SourceTree.Core)
        {
            var lines = file.Lines.ToList();
            for (var i = 0; i < lines.Count; i++)
            {
                if (!PublicType.IsMatch(lines[i]))
                {
                    continue;
                }

                var above = i - 1;
                while (above >= 0 && lines[above].StartsWith('['))
                {
                    above--;
                }

                if (above < 0 || !lines[above].StartsWith("///", StringComparison.Ordinal))
                {
                    silent.Add($"{file.Path}: {lines[i]}");
                }
            }
        }

        silent.ShouldBeEmpty();
    }
}
