using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

public sealed class TargetBookTests
{
    private static readonly Target[] Visible = [Target(), Target() with { Id = new TargetId("orders-prod-eu") }];

    [Theory]
    [InlineData("orders-prod")]
    [InlineData(" Orders-Prod ")]
    public void A_whole_name_is_found(string typed) => TargetBook.Find(typed, Visible).OrThrow().Id.Value.ShouldBe("orders-prod");

    [Theory]
    [InlineData("orders")]
    [InlineData("orders-pro")]
    [InlineData("prod")]
    [InlineData("orders-prod-")]
    [InlineData("orders-prod-e")]
    [InlineData("orders prod")]
    [InlineData("")]
    public void A_part_of_a_name_is_not(string typed) => TargetBook.Find(typed, Visible).ShouldBeRefused("unknown_target");

    [Fact]
    public void A_hidden_target_reads_like_an_absent_one() =>
        TargetBook.Find("billing", Visible).ShouldBeRefused("unknown_target").Message.ShouldBe(TargetBook.Find("nowhere", Visible).ShouldBeRefused("unknown_target").Message.Replace("nowhere", "billing", StringComparison.Ordinal));

    [Fact]
    public void Copies_of_copies_lead_to_their_original_and_a_circle_ends()
    {
        var original = new Server { Id = new ServerId("a"), Environment = TargetEnvironment.Production, Nodes = [], AdminDatabase = "postgres", Minter = Access.AccessGiven.PgProd.Minter, MaximumLiveGrants = 1 };
        var copy = original with { Id = new ServerId("b"), CloneOf = original.Id };
        var second = original with { Id = new ServerId("c"), CloneOf = copy.Id };
        new TargetBook([original, copy, second], []).OriginalOf(second).ShouldBe(original.Id);

        var circle = original with { CloneOf = second.Id };
        Should.CompleteIn(() => new TargetBook([circle, copy, second], []).OriginalOf(second), TimeSpan.FromMinutes(1));
    }
}
