using System.Text.Json.Nodes;
using DbChatOps.Alerts;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Slack.Socket;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>Socket Mode frame by frame, before a Slack that follows a script.</summary>
public sealed class SocketModeTests : IAsyncLifetime
{
    private SocketRig _rig = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await SocketRig.CreateAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_command_is_acknowledged_on_its_socket_with_the_answer_as_payload()
    {
        var (first, _) = await _rig.OpensAsync();
        await first.SaysAsync(Sample.Text("socket-envelope-slash-commands"));
        JsonNode.DeepEquals(await first.HearsAsync(), Sample.Json("socket-ack")).ShouldBeTrue("nothing to show is no payload");

        _rig.Handler.Answer = _ => new Acknowledgement.Reply(new Card { Title = Phrase.Plain("working on it") });
        await first.SaysAsync(Sample.Text("socket-envelope-slash-commands").Replace("1795335958.095", "1795335959.095", StringComparison.Ordinal));

        var (ack, expected) = (await first.HearsAsync(), Sample.Json("socket-ack-with-payload"));
        ack["envelope_id"]!.GetValue<string>().ShouldBe(expected["envelope_id"]!.GetValue<string>());
        ack["payload"]!["response_type"]!.GetValue<string>().ShouldBe("ephemeral");
        ack["payload"]!["text"]!.GetValue<string>().ShouldContain("working on it");
        ack.Select(member => member.Key).ShouldBe(["envelope_id", "payload"]);
        var delivery = _rig.Handler.Deliveries[0];
        (delivery.Kind, delivery.Text, delivery.Person).ShouldBe((DeliveryKind.SlashCommand, "status", new PersonId("slack", "E0ACME0001", "U0ONCALL01")));
    }

    [Fact]
    public async Task A_press_that_takes_no_payload_is_acknowledged_bare_and_answered_by_its_response_address()
    {
        _rig.Handler.Answer = _ => new Acknowledgement.Reply(new Card { Title = Phrase.Plain("not for you") });
        var (_, second) = await _rig.OpensAsync();

        var hooks = _rig.Script.ApiBaseUrl.GetLeftPart(UriPartial.Authority);

        await second.SaysInPiecesAsync(Sample.Text("socket-envelope-interactive").Replace("https://hooks.slack.com", hooks, StringComparison.Ordinal), 500);

        (await second.HearsAsync()).Select(member => member.Key).ShouldBe(["envelope_id"]);
        _rig.Handler.Deliveries.ShouldHaveSingleItem().Kind.ShouldBe(DeliveryKind.ButtonPressed);
        (await _rig.Replies.Reply).Title.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_submission_gets_its_field_errors_in_the_acknowledgement()
    {
        _rig.Handler.Answer = _ => new Acknowledgement.FieldErrors(new Dictionary<string, string>(StringComparer.Ordinal) { ["chan"] = "Another channel, please." });
        var (first, _) = await _rig.OpensAsync();

        await first.SaysAsync(Sample.Text("socket-envelope-view-submission"));

        (await first.HearsAsync())["payload"]!["response_action"]!.GetValue<string>().ShouldBe("errors");
        _rig.Handler.Deliveries.ShouldHaveSingleItem().Answers["chan"].ShouldBe("C0INC00042");
    }

    [Fact]
    public async Task An_event_that_comes_again_on_another_socket_carries_the_same_key()
    {
        var (first, second) = await _rig.OpensAsync();

        await first.SaysAsync(Sample.Text("socket-envelope-events-api"));
        await second.SaysAsync(Sample.Text("socket-envelope-events-api-retry"));
        JsonObject[] acks = [await first.HearsAsync(), await second.HearsAsync()];
        first.Cut();
        var third = await _rig.Script.NextAsync();
        await third.SaysAsync(Sample.Text("socket-envelope-events-api"));

        acks.Append(await third.HearsAsync()).ShouldAllBe(ack => !ack.ContainsKey("payload"));
        acks.Select(ack => ack["envelope_id"]!.GetValue<string>()).Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
        _rig.Handler.Deliveries.Count.ShouldBe(3);
        _rig.Handler.Deliveries.Select(delivery => delivery.Key).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_stranger_and_what_cannot_be_read_are_acknowledged_and_not_kept()
    {
        var (first, _) = await _rig.OpensAsync();

        await first.SaysAsync(Sample.Text("socket-envelope-slash-commands").Replace("T0DBOPS001", "T0OTHER001", StringComparison.Ordinal));
        (await first.HearsAsync())["payload"]!["text"]!.GetValue<string>().ShouldContain("Only members of this organisation");
        await first.SaysAsync(Sample.Text("socket-envelope-slash-commands").Replace("A0DBCHAT01", "A0OTHER001", StringComparison.Ordinal));
        (await first.HearsAsync()).ContainsKey("payload").ShouldBeFalse();
        await first.SaysAsync("this is no JSON");
        await first.SaysAsync("{\"envelope_id\":\"e-1\",\"type\":\"something_new\",\"payload\":{}}");
        (await first.HearsAsync())["envelope_id"]!.GetValue<string>().ShouldBe("e-1");

        _rig.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_could_not_be_stored_is_not_acknowledged()
    {
        _rig.Handler.Answer = delivery => delivery.Kind == DeliveryKind.Addressed ? throw new Ledger.LedgerUnavailableException("disk full") : new Acknowledgement.Nothing();
        var (first, _) = await _rig.OpensAsync();

        await first.SaysAsync(Sample.Text("socket-envelope-events-api"));
        await first.SaysAsync(Sample.Text("socket-envelope-slash-commands"));

        // A line that is retired finishes what came by it first: after its close nothing can follow.
        await first.SaysAsync(Sample.Text("socket-disconnect-refresh-requested"));
        (await first.Closed).ShouldBe(1000);
        _rig.Handler.Deliveries.Count.ShouldBe(2);
        JsonNode.DeepEquals(first.Unheard().ShouldHaveSingleItem(), Sample.Json("socket-ack")).ShouldBeTrue();
    }

    /// <summary>What arrived is worked though the line that brought it is gone: nobody would do it otherwise before the next start.</summary>
    [Fact]
    public async Task The_end_of_a_socket_does_not_end_what_came_by_it()
    {
        var process = new TaskCompletionSource<CancellationToken>();
        _rig.Handler.Watched = process.SetResult;
        var (first, _) = await _rig.OpensAsync();
        await first.SaysAsync(Sample.Text("socket-envelope-slash-commands"));
        await first.HearsAsync();

        await first.SaysAsync(Sample.Text("socket-disconnect-refresh-requested"));
        (await first.Closed).ShouldBe(1000);

        (await process.Task).IsCancellationRequested.ShouldBeFalse();
        _rig.Process.StopApplication();
        (await process.Task).IsCancellationRequested.ShouldBeTrue();
    }

    [Theory]
    [InlineData("socket-disconnect-warning")]
    [InlineData("socket-disconnect-refresh-requested")]
    public async Task A_socket_that_is_recycled_has_its_replacement_first(string sample)
    {
        var (first, _) = await _rig.OpensAsync();

        await first.SaysAsync(Sample.Text(sample));
        var replacement = await _rig.Script.NextAsync();

        (await first.Closed).ShouldBe(1000);
        await replacement.SaysAsync(Sample.Text("socket-envelope-slash-commands"));
        await replacement.HearsAsync();
        _rig.Mode.Open.ShouldBe(2);
        _rig.Script.Asked.ShouldBe(3);
    }

    [Fact]
    public async Task Socket_Mode_that_was_switched_off_pages_and_is_looked_at_rarely()
    {
        var (first, second) = await _rig.OpensAsync();

        foreach (var line in new[] { first, second })
        {
            await line.SaysAsync(Sample.Text("socket-disconnect-link-disabled"));
            (await line.Closed).ShouldBe(1000);
        }

        (await _rig.Clock.PauseAsync(TimeSpan.FromMinutes(1), Ct)).ShouldBe(TimeSpan.FromMinutes(5));
        (await _rig.Clock.PauseAsync(TimeSpan.FromMinutes(1), Ct)).ShouldBe(TimeSpan.FromMinutes(5));
        (await _rig.AlarmAsync()).ShouldBe(AlertState.Raised);
        _rig.Health.Reasons.ShouldContain(reason => reason.Contains("switched off", StringComparison.Ordinal));
        _rig.Script.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Too_many_sockets_mean_a_minutes_patience_and_no_further_ghost()
    {
        var (first, _) = await _rig.OpensAsync();

        await first.SaysAsync(Sample.Text("socket-disconnect-too-many-websockets"));

        (await first.Closed).ShouldBe(1000);
        (await _rig.Clock.PauseAsync(TimeSpan.FromMinutes(1), Ct)).ShouldBe(TimeSpan.FromMinutes(1));
        _rig.Script.Asked.ShouldBe(2);
    }

    [Theory]
    [InlineData("socket-disconnect-too-many-websockets", 1, false)]
    [InlineData("socket-disconnect-link-disabled", 5, true)]
    public async Task A_goodbye_in_place_of_the_greeting_is_waited_out(string sample, int minutes, bool pages)
    {
        _rig.Script.Greeting = _ => Sample.Text(sample);

        await _rig.Mode.StartAsync(Ct);

        (await _rig.Clock.PauseAsync(TimeSpan.FromMinutes(1), Ct)).ShouldBe(TimeSpan.FromMinutes(minutes));
        (await _rig.AlarmAsync()).ShouldBe(pages ? AlertState.Raised : null);
        _rig.Mode.Open.ShouldBe(0);
    }

    [Theory]
    [InlineData("invalid_auth")]
    [InlineData("not_authed")]
    [InlineData("account_inactive")]
    [InlineData("user_removed_from_team")]
    [InlineData("team_disabled")]
    [InlineData("not_allowed_token_type")]
    public async Task A_no_that_only_a_person_can_change_pages_and_is_not_repeated_in_a_loop(string code)
    {
        _rig.Script.Opening = number => number <= 2 ? SocketScript.Answer.Refused(code) : null;

        await _rig.Mode.StartAsync(Ct);
        (await _rig.Clock.PauseAsync(TimeSpan.FromMinutes(1), Ct)).ShouldBe(TimeSpan.FromMinutes(5));
        (await _rig.Clock.PauseAsync(TimeSpan.FromMinutes(1), Ct)).ShouldBe(TimeSpan.FromMinutes(5));

        _rig.Script.Asked.ShouldBe(2);
        (await _rig.AlarmAsync()).ShouldBe(AlertState.Raised);
        _rig.Health.Reasons.ShouldContain(reason => reason.Contains(code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failures_are_repeated_with_growing_and_uneven_pauses()
    {
        _rig.Script.Opening = number => number <= 16 ? new SocketScript.Answer(500, "<html>") : null;

        await _rig.OpensAsync();

        List<TimeSpan> pauses = [];
        while (pauses.Count < 16)
        {
            pauses.Add(await _rig.Clock.PauseAsync(TimeSpan.FromMilliseconds(1), Ct));
        }

        pauses = [.. pauses.Where(pause => pause != new SocketPacing().Apart).Order()];
        pauses[0].ShouldBeInRange(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1));
        pauses[^1].ShouldBeInRange(TimeSpan.FromSeconds(20), new SocketPacing().Longest * 1.25);
        pauses.Distinct().Count().ShouldBeGreaterThan(10, "many bots must not come back in one moment");
    }

    [Fact]
    public async Task Slacks_own_wish_for_patience_is_respected()
    {
        _rig.Script.Opening = number => number == 1 ? new SocketScript.Answer(429, "{\"ok\":false,\"error\":\"ratelimited\"}", "42") : null;

        await _rig.Mode.StartAsync(Ct);

        (await _rig.Clock.PauseAsync(TimeSpan.FromSeconds(11), Ct)).ShouldBe(TimeSpan.FromSeconds(42));
    }

    [Fact]
    public async Task Ghosts_in_Slacks_count_are_said()
    {
        _rig.Script.Greeting = _ => Sample.Text("socket-hello").Replace("\"num_connections\": 1", "\"num_connections\": 7", StringComparison.Ordinal);

        await _rig.OpensAsync();

        await _rig.Log.SaysAsync("Slack counts 7 sockets of this app", Ct);
    }

    [Fact]
    public async Task A_greeting_for_another_app_pages()
    {
        _rig.Script.Greeting = _ => Sample.Text("socket-hello").Replace("A0DBCHAT01", "A0OTHER001", StringComparison.Ordinal);

        await _rig.Mode.StartAsync(Ct);
        await _rig.Clock.PauseAsync(TimeSpan.FromMinutes(5), Ct);

        (await _rig.AlarmAsync()).ShouldBe(AlertState.Raised);
        _rig.Health.Reasons.ShouldContain(reason => reason.Contains("A0OTHER001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_that_went_deaf_is_found_by_its_silence_and_replaced()
    {
        await using var rig = await SocketRig.CreateAsync(new SocketPacing { Heartbeat = TimeSpan.FromMilliseconds(200) });
        rig.Script.IsDeaf = number => number == 1;

        await rig.OpensAsync();
        var third = await rig.Script.NextAsync();

        await third.SaysAsync(Sample.Text("socket-envelope-slash-commands"));
        await third.HearsAsync();
        rig.Script.Asked.ShouldBe(3);
    }

    [Fact]
    public async Task A_frame_larger_than_anything_Slack_sends_costs_the_line_and_nothing_else()
    {
        var (first, _) = await _rig.OpensAsync();

        await first.SaysInPiecesAsync("{\"envelope_id\":\"" + new string('x', 2_200_000) + "\"}", 100_000).ContinueWith(_ => { }, TaskScheduler.Default);
        var next = await _rig.Script.NextAsync();

        await next.SaysAsync(Sample.Text("socket-envelope-slash-commands"));
        await next.HearsAsync();
    }
}
