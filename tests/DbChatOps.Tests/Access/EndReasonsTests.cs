using DbChatOps.Access;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Tests.Chat;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>Nobody reads the name of an enum member.</summary>
public sealed class EndReasonsTests
{
    public static TheoryData<EndReason> All => [.. Enum.GetValues<EndReason>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Each_is_a_phrase_on_the_card_and_on_the_terminal(EndReason reason)
    {
        var over = Revoked() with { Ending = Revoked().Ending! with { Reason = reason } };

        reason.ToWords().ShouldMatch("^[a-z]+( [a-z]+)*$");
        GrantLines.Gone(over).ShouldEndWith($" ({reason.ToWords()})");
        CardText.Of(GrantCards.ForHolder(over)).ShouldContain(reason.ToWords());
    }

    [Fact]
    public void No_two_read_the_same() => Enum.GetValues<EndReason>().Select(static reason => reason.ToWords()).ShouldBeUnique();
}
