using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class SlashCommandDeliveryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_arrives_as_a_signed_form_with_escaped_mentions()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        await rig.Driver.Says(Seed.Ana, "/db revoke @bo a<b & c", Seed.Approvals);

        var received = rig.Bot.Last;
        received.Doorway.ShouldBe("commands");
        received.Headers["Content-Type"].ShouldBe("application/x-www-form-urlencoded");
        received.Form["command"].ShouldBe("/db");
        received.Form["text"].ShouldBe("revoke <@U0BO000002|bo> a<b & c");
        received.Form["user_id"].ShouldBe(Seed.Ana.Id);
        received.Form["channel_name"].ShouldBe("db-approvals");
        received.Headers["X-Slack-Signature"].ShouldBe(
            RequestSignature.Of(rig.Slack.Settings.SigningSecret, received.Headers["X-Slack-Request-Timestamp"], received.Body));
    }

    [Theory]
    [InlineData("plain words", "text/plain")]
    [InlineData("""{"text":"plain words"}""", "application/json")]
    [InlineData("""{"text":"x","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"plain words"}}]}""", "application/json")]
    public async Task An_answer_is_seen_by_the_caller_only(string body, string type)
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Bot.Answers(body, type);

        await rig.Driver.Says(Seed.Ana, "/db help");

        rig.Driver.Sights.Read(rig.Driver.Sights.Ephemerals(Seed.Ana).ShouldHaveSingleItem()).ShouldBe("@dbchatops: plain words");
        rig.Driver.Sights.Screen(Seed.Bo).ShouldNotContain("plain words");
        rig.Slack.Journal.Of("answer:commands").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_answer_in_channel_is_seen_by_all()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Bot.Answers("""{"text":"declared","response_type":"in_channel"}""");

        await rig.Driver.Says(Seed.Ana, "/incident declare");

        rig.Driver.Sights.Screen(Seed.Bo).ShouldContain("declared");
    }

    [Fact]
    public async Task A_bot_that_takes_too_long_is_reported_to_the_caller()
    {
        await using var rig = await SlackRig.StartAsync(Ct, settings => settings with { AnswerBudget = TimeSpan.FromMilliseconds(100) });
        rig.Bot.Answer = (_, http) => Task.Delay(Timeout.Infinite, http.RequestAborted);

        var answer = await rig.Driver.Says(Seed.Ana, "/db help");

        answer!.TimedOut.ShouldBeTrue();
        rig.Driver.Sights.Screen(Seed.Ana).ShouldContain("/db failed with the error \"operation_timeout\"");
    }

    [Fact]
    public async Task A_bot_that_fails_is_reported_to_the_caller()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Bot.Answers("", status: 500);

        await rig.Driver.Says(Seed.Ana, "/db help");

        rig.Driver.Sights.Screen(Seed.Ana).ShouldContain("http_service_error");
    }

    [Theory]
    [InlineData(SignatureFault.WrongSecret)]
    [InlineData(SignatureFault.BodyAltered)]
    public async Task A_spoilt_signature_does_not_verify_and_the_next_one_does(SignatureFault fault)
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Slack.Bot.NextSignature = fault;

        await rig.Driver.Says(Seed.Ana, "/db one");
        await rig.Driver.Says(Seed.Ana, "/db two");

        rig.Bot.Received.Select(received => Verifies(rig, received)).ShouldBe([false, true]);
    }

    [Fact]
    public async Task A_stale_delivery_is_signed_well_but_old()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Slack.Bot.NextSignature = SignatureFault.StaleTimestamp;

        await rig.Driver.Says(Seed.Ana, "/db one");

        Verifies(rig, rig.Bot.Last).ShouldBeTrue();
        var age = rig.Clock.GetUtcNow().ToUnixTimeSeconds() - long.Parse(rig.Bot.Last.Headers["X-Slack-Request-Timestamp"]);
        age.ShouldBeGreaterThan(300);
    }

    [Fact]
    public async Task A_repeated_delivery_is_the_same_to_the_byte()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await rig.Driver.Says(Seed.Ana, "/db access orders");

        await rig.Slack.Bot.RepeatLastAsync(Ct);

        var both = rig.Bot.Received.ToList();
        both[1].Body.ShouldBe(both[0].Body);
        both[1].Headers["X-Slack-Signature"].ShouldBe(both[0].Headers["X-Slack-Signature"]);
    }

    [Fact]
    public async Task Nobody_types_where_they_are_not()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        await Should.ThrowAsync<ImpossibleGestureException>(() => rig.Driver.Says(Seed.Stranger, "/db help"));
        (await rig.Driver.Says(Seed.Stranger, "/db help", Seed.Shared))!.IsAcknowledged.ShouldBeTrue();
        rig.Bot.Last.Form["team_id"].ShouldBe(Seed.PartnerTeamId);
    }

    private static bool Verifies(SlackRig rig, Received received) => string.Equals(
        received.Headers["X-Slack-Signature"],
        RequestSignature.Of(rig.Slack.Settings.SigningSecret, received.Headers["X-Slack-Request-Timestamp"], received.Body),
        StringComparison.Ordinal);
}
