using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Architecture;

/// <summary>Who may name whom, read from project files, usings and qualified names.</summary>
public sealed class DependencyRulesTests
{
    private static readonly string[] Slices = ["Access", "Alerts", "Configurations", "Policies", "Targets", "Runbooks", "Incidents", "Timelines"];

    [Fact]
    public void The_core_references_nothing() => References("src/DbChatOps/DbChatOps.csproj").ShouldBeEmpty();

    [Fact]
    public void The_playground_references_neither_core_nor_host() =>
        References("src/DbChatOps.Playground/DbChatOps.Playground.csproj").ShouldNotContain(reference => reference.Contains("DbChatOps", StringComparison.Ordinal));

    [Fact]
    public void The_playground_names_neither_core_nor_host() =>
        SourceTree.Playground.Lines(SourceTree.Rule(@"\busing (static )?DbChatOps(?!\.Playground)|\bDbChatOps\.(Host|Access|Alerts|Chat|Configurations|Ledger|Policies|Targets)\b(?!\.dll)")).ShouldBeEmpty();

    [Fact]
    public void The_host_does_not_name_the_playground() => SourceTree.Host.Lines(SourceTree.Rule(@"DbChatOps\.Playground")).ShouldBeEmpty();

    [Fact]
    public void The_core_does_no_input_or_output() =>
        SourceTree.Core.Lines(SourceTree.Rule(@"\bSystem\.(IO|Net|Data|Diagnostics\.Process|Console)\b|\busing (Microsoft|Npgsql|Dapper|Serilog)\b")).ShouldBeEmpty();

    [Fact]
    public void The_core_does_not_name_the_host() => SourceTree.Core.Lines(SourceTree.Rule(@"DbChatOps\.Host")).ShouldBeEmpty();

    [Fact]
    public void Chat_names_no_slice() => Naming("Chat", [.. Slices, "Ledger"]).ShouldBeEmpty();

    [Fact]
    public void Targets_name_no_other_slice() => Naming("Targets", ["Access", "Policies", "Ledger"]).ShouldBeEmpty();

    [Fact]
    public void Policies_do_not_name_access() => Naming("Policies", ["Access", "Ledger", "Configurations"]).ShouldBeEmpty();

    [Fact]
    public void The_ledger_names_no_slice() => Naming("Ledger", Slices).ShouldBeEmpty();

    [Fact]
    public void The_hosts_program_only_composes()
    {
        var program = SourceTree.Host.Single(file => file.Path == "src/DbChatOps.Host/Program.cs");

        program.Lines.Count().ShouldBeLessThan(60);
        program.Code.ShouldNotContain(line => SourceTree.Rule(@"\b(record|interface|SELECT|HttpClient|NpgsqlConnection)\b").IsMatch(line));
    }

    private static IEnumerable<string> Naming(string folder, IEnumerable<string> slices) =>
        SourceTree.Core.Where(file => file.Path.StartsWith($"src/DbChatOps/{folder}/", StringComparison.Ordinal))
            .Lines(SourceTree.Rule($@"\busing (static )?DbChatOps\.({string.Join('|', slices)})\b|(?<![\w.""])({string.Join('|', slices)})\.[A-Z]\w*[.(]|DbChatOps\.({string.Join('|', slices)})\."));

    private static IReadOnlyList<string> References(string project) =>
    [
        .. XDocument.Load(Path.Combine(SourceTree.Root, project)).Descendants()
            .Where(element => element.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference" or "Reference")
            .Select(element => (string?)element.Attribute("Include") ?? ""),
    ];
}
