using DbChatOps.Chat;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Chat;

public sealed class WordsTests
{
    [Fact]
    public void Words_come_one_after_another_and_the_rest_as_typed()
    {
        var words = new Words("  one\u00a0two   three  four ");

        words.Peek().ShouldBe("one");
        words.Next().ShouldBe("one");
        words.Next().ShouldBe("two");
        words.Rest().ShouldBe("three  four");
        words.Next().ShouldBeNull();
        words.Rest().ShouldBe("");
    }

    [Theory]
    [InlineData("a --dry-run b", true, "a b"), InlineData("a —dry-run b", true, "a b"), InlineData("a --DRY-RUN", true, "a"), InlineData("a --dry-runs b", false, "a --dry-runs b"), InlineData("", false, "")]
    public void A_flag_is_taken_wherever_it_stands(string line, bool found, string rest)
    {
        var words = new Words(line);

        words.TakeFlag("--dry-run").ShouldBe(found);
        words.Rest().ShouldBe(rest);
    }

    [Theory]
    [InlineData("acces", "access"), InlineData("relaese", "release"), InlineData("ACCESS", "access"), InlineData("whoam", "whoami"), InlineData("", null), InlineData("zzz", null)]
    public void The_nearest_word_is_offered(string typed, string? nearest) => Nearest.To(typed, ["access", "release", "revoke", "whoami"]).ShouldBe(nearest);

    [Theory]
    [InlineData("", "", 0), InlineData("abc", "abc", 0), InlineData("abc", "acb", 1), InlineData("abc", "ab", 1), InlineData("abc", "abd", 1), InlineData("kitten", "sitting", 3)]
    public void Slips_are_counted(string from, string to, int slips) => Nearest.Distance(from, to).ShouldBe(slips);
}
