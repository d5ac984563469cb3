using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class EventDeliveryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_bot_learns_of_direct_words_and_mentions_and_of_nothing_else()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        await rig.Driver.Says(Seed.Ana, "lunch?");
        await rig.Driver.SaysDirectly(Seed.Ana, "help");
        await rig.Driver.Says(Seed.Ana, "@dbchatops status");

        rig.Bot.Received.Select(received => received.Json["event"]!["type"]!.ToString()).ShouldBe(["message", "app_mention"]);
        rig.Bot.Last.Json["event"]!["text"]!.ToString().ShouldBe("<@U0DBCHATOPS> status");
    }

    [Fact]
    public async Task An_event_that_was_not_acknowledged_comes_again_with_the_same_id()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Bot.Answers("", status: 500);
        await rig.Driver.SaysDirectly(Seed.Ana, "help");
        // The immediate retry has failed too once the wait for the next one begins.
        await rig.Clock.FirstAlarm.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        rig.Bot.Received.Count.ShouldBe(2);
        rig.Bot.Answers("");

        rig.Clock.Step(TimeSpan.FromMinutes(1));
        await rig.Driver.WaitsFor(_ => rig.Bot.Received.Count == 3, "the retry after a minute");

        rig.Bot.Received.Select(received => received.Json["event_id"]!.ToString()).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        rig.Bot.Last.Headers["x-slack-retry-num"].ShouldBe("2");
        rig.Bot.Last.Headers["x-slack-retry-reason"].ShouldBe("http_error");
    }

    [Fact]
    public async Task An_event_of_a_shared_channel_says_so()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        await rig.Driver.Says(Seed.Stranger, "@dbchatops status", Seed.Shared);

        rig.Bot.Last.Json["is_ext_shared_channel"]!.GetValue<bool>().ShouldBeTrue();
        rig.Bot.Last.Json["event"]!["user_team"]!.ToString().ShouldBe(Seed.PartnerTeamId);
    }
}
