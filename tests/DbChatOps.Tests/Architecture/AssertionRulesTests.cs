using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Architecture;

/// <summary>Assertions that cannot fail. A chain behind <c>?.</c> is skipped as a whole when there is nothing before it, its assertion included.</summary>
public sealed class AssertionRulesTests
{
    private const string Conditional = "?" + ".";
    private const string ConditionalIndex = "?" + "[";

    [Fact]
    public void No_assertion_stands_behind_a_conditional_access() => SourceTree.Tests
        .SelectMany(static file => Skippable(string.Join('\n', file.Code)).Select(chain => $"{file.Path}: {chain}"))
        .ShouldBeEmpty("the assertion is skipped where the value is null: write ShouldNotBeNull() first, or ShouldBeRefused(code)");

    [Theory]
    [InlineData("result.Refused?_Code.ShouldBe(\"x\")")]
    [InlineData("(await FindAsync(a, b))?_Name.Trim().ShouldBe(\"x\")")]
    [InlineData("found?_First(x => x.Of<int>(\")\") > 1)\n    .Name\n    .ShouldBe(\"x\")")]
    [InlineData("found?_ShouldBe(1)")]
    [InlineData("found?_Items[0]!.ShouldBe(1)")]
    [InlineData("found?-0].Name.ShouldBe(1)")]
    [InlineData("found?_Select<int>(x).ShouldBe(1)")]
    [InlineData("a?_B?_C.ShouldBeTrue()")]
    public void Such_a_chain_is_found(string code) => Skippable(Sample(code)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("(result.Refused?_Code).ShouldBe(\"x\")")]
    [InlineData("Names(found?_Name).ShouldBe(\"x\")")]
    [InlineData("found.Select(x => x?_Name).ShouldBe([\"x\"])")]
    [InlineData("var name = found?_Name;\nname.ShouldBe(\"x\")")]
    [InlineData("found?_Name ?? other.ShouldNotBeNull()")]
    public void Others_are_not(string code) => Skippable(Sample(code)).ShouldBeEmpty();

    /// <summary>The rule reads this file, too: its samples are written with other characters.</summary>
    private static string Sample(string code) => code.Replace("?_", Conditional, StringComparison.Ordinal).Replace("?-", ConditionalIndex, StringComparison.Ordinal);

    private static IEnumerable<string> Skippable(string code)
    {
        foreach (var access in (string[])[Conditional, ConditionalIndex])
        {
            for (var at = code.IndexOf(access, StringComparison.Ordinal); at >= 0; at = code.IndexOf(access, at + 2, StringComparison.Ordinal))
            {
                if (AssertionAfter(code, at) is { } end)
                {
                    yield return code[Math.Max(0, at - 40)..end].ReplaceLineEndings(" ");
                }
            }
        }
    }

    /// <summary>Where the name of an assertion ends that belongs to the chain which begins at the question mark; null where it has none.</summary>
    private static int? AssertionAfter(string code, int question)
    {
        var at = question + 1;
        while (at < code.Length)
        {
            if (code[at] is '(' or '[')
            {
                at = AfterBracket(code, at);
            }
            else if (code[at] == '<' && AfterTypes(code, at) is { } after)
            {
                at = after;
            }
            else if (char.IsLetter(code[at]) || code[at] == '_')
            {
                var from = at;
                while (at < code.Length && (char.IsLetterOrDigit(code[at]) || code[at] == '_'))
                {
                    at++;
                }

                if (code[from..at].StartsWith("Should", StringComparison.Ordinal))
                {
                    return at;
                }
            }
            else if (code[at] is '.' or '!' || (code[at] == '?' && code.AsSpan(at + 1).StartsWith(".", StringComparison.Ordinal)))
            {
                at++;
            }
            else if (char.IsWhiteSpace(code[at]) && code.AsSpan(at).TrimStart() is { Length: > 1 } rest && (rest[0] == '.' || (rest[0] == '?' && rest[1] == '.')))
            {
                at = code.Length - rest.Length;
            }
            else
            {
                return null;
            }
        }

        return null;
    }

    private static int AfterBracket(string code, int open)
    {
        var depth = 0;
        for (var at = open; at < code.Length; at++)
        {
            switch (code[at])
            {
                case '"':
                    at = ClosingQuote(code, at);
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}' when --depth == 0:
                    return at + 1;
            }
        }

        return code.Length;
    }

    private static int ClosingQuote(string code, int open)
    {
        for (var at = open + 1; at < code.Length; at++)
        {
            if (code[at] == '\\')
            {
                at++;
            }
            else if (code[at] is '"' or '\n')
            {
                return at;
            }
        }

        return code.Length;
    }

    /// <summary>Type arguments of a call, which hold no operators; null for a comparison.</summary>
    private static int? AfterTypes(string code, int open)
    {
        var close = code.IndexOf(">(", open, StringComparison.Ordinal);
        return close > open && code[open..close].All(static c => char.IsLetterOrDigit(c) || c is '_' or ',' or ' ' or '<' or '>' or '?' or '.') ? close + 1 : null;
    }
}
