using DbChatOps.Playground;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class ChatMethodTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_posted_message_is_seen_with_the_ids_and_flags_Slack_adds()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        var answer = await rig.CallAsync("chat.postMessage", new { channel = Seed.Approvals.Id, text = "hello", blocks = new[] { Kit.Section("*hello* <@U0ANA00001> &lt;b&gt;") } }, Ct);

        answer["ok"]!.GetValue<bool>().ShouldBeTrue();
        var block = answer["message"]!["blocks"]![0]!;
        block["block_id"]!.ToString().ShouldNotBeEmpty();
        block["text"]!["verbatim"]!.GetValue<bool>().ShouldBeFalse();
        answer["message"]!["bot_id"]!.ToString().ShouldBe(Seed.BotId);
        rig.Driver.Sights.Read(Seed.Approvals).ShouldBe("@dbchatops: *hello* @ana <b>");
    }

    [Theory]
    [InlineData("C0NOWHERE1", "channel_not_found")]
    [InlineData("C0ELSEWHER", "not_in_channel")]
    [InlineData("C0GENERAL3", "no_text")]
    public async Task A_message_that_cannot_be_posted_names_the_reason(string channel, string error)
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        (await rig.ErrorOfAsync("chat.postMessage", new { channel, text = error is "no_text" ? "" : "hello" }, Ct)).ShouldBe(error);
    }

    [Fact]
    public async Task Nothing_is_posted_or_updated_in_an_archived_channel()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var posted = await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "before" }, Ct);
        rig.Slack.Archive(Seed.General);

        (await rig.ErrorOfAsync("chat.postMessage", new { channel = Seed.General.Id, text = "after" }, Ct)).ShouldBe("is_archived");
        (await rig.ErrorOfAsync("chat.update", new { channel = Seed.General.Id, ts = posted["ts"]!.ToString(), text = "after" }, Ct)).ShouldBe("is_inactive");
    }

    [Fact]
    public async Task An_update_replaces_text_and_takes_blocks_away_when_it_has_none()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var ts = (await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "one", blocks = new[] { Kit.Section("one") } }, Ct))["ts"]!.ToString();

        await rig.CallAsync("chat.update", new { channel = Seed.General.Id, ts, text = "two" }, Ct);

        var message = rig.Driver.Sights.Messages(Seed.General).ShouldHaveSingleItem();
        message.Blocks.ShouldBeNull();
        message.Text.ShouldBe("two");
    }

    [Fact]
    public async Task An_update_over_4000_characters_is_refused()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var ts = (await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "one" }, Ct))["ts"]!.ToString();

        (await rig.ErrorOfAsync("chat.update", new { channel = Seed.General.Id, ts, text = new string('x', 4000) }, Ct)).ShouldBe("ok");
        (await rig.ErrorOfAsync("chat.update", new { channel = Seed.General.Id, ts, text = new string('x', 4001) }, Ct)).ShouldBe("msg_too_long");
    }

    [Fact]
    public async Task Only_ones_own_standing_messages_can_be_updated_or_deleted()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await rig.Driver.Says(Seed.Ana, "mine");
        var ts = rig.Driver.Sights.Messages(Seed.General)[0].Ts;

        (await rig.ErrorOfAsync("chat.update", new { channel = Seed.General.Id, ts, text = "x" }, Ct)).ShouldBe("cant_update_message");
        (await rig.ErrorOfAsync("chat.delete", new { channel = Seed.General.Id, ts }, Ct)).ShouldBe("cant_delete_message");
        (await rig.ErrorOfAsync("chat.update", new { channel = Seed.General.Id, ts = "1.000001", text = "x" }, Ct)).ShouldBe("message_not_found");
        (await rig.ErrorOfAsync("chat.update", new { channel = Seed.Audit.Id, ts, text = "x" }, Ct)).ShouldBe("message_not_found");
    }

    [Fact]
    public async Task A_deleted_message_is_gone()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var ts = (await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "one" }, Ct))["ts"]!.ToString();

        (await rig.ErrorOfAsync("chat.delete", new { channel = Seed.General.Id, ts }, Ct)).ShouldBe("ok");

        rig.Driver.Sights.Messages(Seed.General).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_ephemeral_message_is_seen_by_one_person_and_cannot_be_updated()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        var ts = (await rig.CallAsync("chat.postEphemeral", new { channel = Seed.General.Id, user = Seed.Ana.Id, text = "psst" }, Ct))["message_ts"]!.ToString();

        rig.Driver.Sights.Screen(Seed.Ana).ShouldContain("psst");
        rig.Driver.Sights.Screen(Seed.Bo).ShouldNotContain("psst");
        rig.Driver.Sights.Messages(Seed.General).ShouldBeEmpty();
        (await rig.ErrorOfAsync("chat.update", new { channel = Seed.General.Id, ts, text = "x" }, Ct)).ShouldBe("message_not_found");
        (await rig.ErrorOfAsync("chat.postEphemeral", new { channel = Seed.Audit.Id, user = Seed.Ana.Id, text = "psst" }, Ct)).ShouldBe("user_not_in_channel");
    }

    [Fact]
    public async Task Metadata_comes_back_from_history_only_when_asked_for()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var metadata = new { event_type = "dbchatops_card", event_payload = new { card = "k1" } };
        await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "one", metadata }, Ct);

        var with = await rig.CallAsync("conversations.history", new { channel = Seed.General.Id, include_all_metadata = "true" }, Ct);
        var without = await rig.CallAsync("conversations.history", new { channel = Seed.General.Id }, Ct);

        with["messages"]![0]!["metadata"]!["event_payload"]!["card"]!.ToString().ShouldBe("k1");
        without["messages"]![0]!["metadata"].ShouldBeNull();
    }

    [Fact]
    public async Task Metadata_must_be_whole_and_small()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var channel = Seed.General.Id;

        (await rig.ErrorOfAsync("chat.postMessage", new { channel, text = "x", metadata = "{" }, Ct)).ShouldBe("invalid_metadata_format");
        (await rig.ErrorOfAsync("chat.postMessage", new { channel, text = "x", metadata = new { event_type = "t" } }, Ct)).ShouldBe("invalid_metadata_schema");
        var large = new { event_type = "t", event_payload = new { a = new string('x', 9000) } };
        (await rig.ErrorOfAsync("chat.postMessage", new { channel, text = "x", metadata = large }, Ct)).ShouldBe("metadata_too_large");
    }

    [Fact]
    public async Task A_persons_id_in_place_of_a_channel_reaches_their_direct_conversation()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        var answer = await rig.CallAsync("chat.postMessage", new { channel = Seed.Ana.Id, text = "for you" }, Ct);

        answer["channel"]!.ToString().ShouldStartWith("D");
        rig.Driver.Sights.Direct(Seed.Ana).ShouldHaveSingleItem().Text.ShouldBe("for you");
        rig.Driver.Sights.Screen(Seed.Bo).ShouldNotContain("for you");
    }

    [Fact]
    public async Task A_channel_takes_a_burst_and_then_one_message_per_interval()
    {
        await using var rig = await SlackRig.StartAsync(Ct, settings => settings with { Pacing = new ChannelPacing(2, TimeSpan.FromSeconds(1)) });
        var message = new { channel = Seed.General.Id, text = "x" };

        (await rig.ErrorOfAsync("chat.postMessage", message, Ct)).ShouldBe("ok");
        (await rig.ErrorOfAsync("chat.postMessage", message, Ct)).ShouldBe("ok");
        using var refused = await rig.Http.GetAsync(new Uri($"chat.postMessage?channel={Seed.General.Id}&text=x", UriKind.Relative), Ct);
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await rig.ErrorOfAsync("chat.postMessage", new { channel = Seed.Audit.Id, text = "x" }, Ct)).ShouldBe("ok");
        rig.Clock.Step(TimeSpan.FromSeconds(1));
        (await rig.ErrorOfAsync("chat.postMessage", message, Ct)).ShouldBe("ok");
    }
}
