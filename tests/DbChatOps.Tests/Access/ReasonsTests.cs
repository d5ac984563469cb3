using DbChatOps.Access;
using DbChatOps.Chat;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Access;

public sealed class ReasonsTests
{
    [Theory]
    [InlineData("one\ntwo", "one\ntwo"), InlineData("one\r\n\r\n\r\n two  three \n", "one\n\ntwo three"), InlineData("\n\n", ""), InlineData("a\u2028b", "a\nb"), InlineData(null, "")]
    public void Line_breaks_survive(string? typed, string kept) => Reasons.Clean(typed).ShouldBe(kept);

    [Fact]
    public void A_reason_that_fits_is_whole_and_not_remarked_upon()
    {
        var typed = new string('x', Reasons.Longest);

        Reasons.Clean(typed + "  \n").ShouldBe(typed);
        Reasons.IsCut(typed + "  \n\u200b").ShouldBeFalse();
        Answer.Noted(typed).ShouldBe(Answer);
    }

    [Fact]
    public void A_reason_is_cut_only_with_notice()
    {
        var typed = string.Join('\n', Enumerable.Repeat("nine char", 60));

        Reasons.Clean(typed).Length.ShouldBeLessThanOrEqualTo(Reasons.Longest);
        Reasons.IsCut(typed).ShouldBeTrue();
        Answer.Noted(typed).Lines.ShouldHaveSingleItem().ToString().ShouldContain("500 characters");
    }

    private static Card Answer { get; } = new() { Title = Phrase.Of($"Understood") };
}
