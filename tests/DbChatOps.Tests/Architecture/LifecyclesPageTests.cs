using System.Text;
using DbChatOps.Access;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Architecture;

/// <summary><c>docs/lifecycles.md</c> is written from the tables, so that the picture cannot disagree with the program.</summary>
public sealed class LifecyclesPageTests
{
    private const string Regenerate = "DBCHATOPS_REGENERATE";

    [Fact]
    public void The_page_shows_the_tables()
    {
        var path = Path.Combine(SourceTree.Root, "docs", "lifecycles.md");
        if (Environment.GetEnvironmentVariable(Regenerate) == "1")
        {
            Directory.CreateDirectory(Path.Combine(SourceTree.Root, "docs"));
            File.WriteAllText(path, Page());
        }

        File.Exists(path).ShouldBeTrue(HowTo);
        File.ReadAllText(path).ReplaceLineEndings("\n").ShouldBe(Page(), HowTo);
    }

    private static string HowTo => $"docs/lifecycles.md is stale. Write it anew: {Regenerate}=1 dotnet test tests/DbChatOps.Tests --filter {nameof(LifecyclesPageTests)}";

    private static string Page()
    {
        var page = new StringBuilder("# Lifecycles\n\nWritten from the tables in the source by a test; do not edit by hand.\n");
        Add(page, "An access request", "Every end is final: a changed request is a new one.", RequestLifecycle.Table);
        Add(page, "A grant", "Nothing ends in failure: what cannot be finished stays in *Revoking* and is tried until it is proven gone.", GrantLifecycle.Table);
        return page.ToString();
    }

    private static void Add<TState, TTrigger>(StringBuilder page, string title, string remark, Lifecycle<TState, TTrigger> table)
        where TState : struct, Enum
        where TTrigger : struct, Enum =>
        page.Append("\n## ").Append(title).Append("\n\n").Append(remark).Append("\n\n```mermaid\n").Append(table.ToMermaid()).Append("```\n");
}
