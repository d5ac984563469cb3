using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;
using Xunit.v3;

namespace DbChatOps.Tests.Architecture;

/// <summary>The table of hard cases in <c>docs/testing.md</c> and the tests that carry their numbers say the same.</summary>
public sealed class HardCasesTests
{
    private static readonly string[] Covered =
    [
        "T-01", "T-02", "T-03", "T-04", "T-05", "T-06", "T-07", "T-08", "T-09", "T-10", "T-11", "T-12", "T-13", "T-14",
        "T-16", "T-17", "T-18", "T-19", "T-20", "T-21", "T-22", "T-23", "T-24", "T-25", "T-26", "T-27",
    ];

    private static readonly Regex Row = SourceTree.Rule(@"^\| (?<number>T-\d\d) \|[^|]*\|(?<tests>.*)\|\s*$");
    private static readonly Regex Name = SourceTree.Rule("`([A-Za-z0-9]+\\.)?(?<name>[A-Z]\\w+?)…?`");

    /// <summary>Number → names of the methods and classes that carry it.</summary>
    private static ILookup<string, string> Carried { get; } = Tests()
        .SelectMany(test => Traps(test).Select(trap => (Trap: trap, test.Name)))
        .ToLookup(pair => pair.Trap, pair => pair.Name, StringComparer.Ordinal);

    [Fact]
    public void Every_case_that_counts_as_covered_has_a_test() => Covered.Where(number => !Carried[number].Any()).ShouldBeEmpty();

    [Fact]
    public void No_test_carries_a_number_that_does_not_count() => Carried.Select(group => group.Key).Except(Covered, StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void Every_test_that_the_table_names_carries_the_number()
    {
        var named = Table().ToList();

        named.Count.ShouldBeGreaterThan(Covered.Length);
        named.Where(pair => !Carried[pair.Number].Any(test => test.StartsWith(pair.Test, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private static IEnumerable<(string Number, string Test)> Table() =>
        from line in File.ReadLines(Path.Combine(SourceTree.Root, "docs", "testing.md"))
        let row = Row.Match(line)
        where row.Success
        from name in Name.Matches(row.Groups["tests"].Value)
        where !name.Groups["name"].Value.StartsWith("DBCHATOPS", StringComparison.Ordinal)
        select (row.Groups["number"].Value, name.Groups["name"].Value);

    private static IEnumerable<MemberInfo> Tests()
    {
        var classes = typeof(HardCasesTests).Assembly.GetTypes().Where(type => type.IsClass).ToList();
        return classes.Concat<MemberInfo>(classes.SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)));
    }

    private static IEnumerable<string> Traps(MemberInfo test) => test.GetCustomAttributes<TraitAttribute>(inherit: false)
        .Where(trait => trait.Name == "Trap").Select(trait => trait.Value);
}
