using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class FaultTests
{
    private static readonly object Message = new { channel = Seed.General.Id, text = "x" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fault_strikes_the_planned_method_the_planned_number_of_times()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Slack.Faults.On("chat.postMessage", new Fault.Refused("internal_error"), times: 2);

        (await rig.ErrorOfAsync("auth.test", new { }, Ct)).ShouldBe("ok");
        (await rig.ErrorOfAsync("chat.postMessage", Message, Ct)).ShouldBe("internal_error");
        (await rig.ErrorOfAsync("chat.postMessage", Message, Ct)).ShouldBe("internal_error");
        (await rig.ErrorOfAsync("chat.postMessage", Message, Ct)).ShouldBe("ok");
        rig.Driver.Sights.Messages(Seed.General).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_deed_done()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Slack.Faults.On("chat.postMessage", new Fault.LostAnswer());

        await Should.ThrowAsync<HttpRequestException>(() => rig.CallAsync("chat.postMessage", Message, Ct));

        rig.Driver.Sights.Messages(Seed.General).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_reset_connection_leaves_nothing_done()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Slack.Faults.On("chat.postMessage", new Fault.Reset());

        await Should.ThrowAsync<HttpRequestException>(() => rig.CallAsync("chat.postMessage", Message, Ct));

        rig.Driver.Sights.Messages(Seed.General).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rate_limit_says_when_to_come_back_and_an_html_page_is_no_json()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Slack.Faults.On("auth.test", new Fault.RateLimited(TimeSpan.FromSeconds(7)));
        rig.Slack.Faults.On("auth.test", new Fault.HtmlError(503));

        using var limited = await rig.Http.GetAsync(new Uri("auth.test", UriKind.Relative), Ct);
        using var broken = await rig.Http.GetAsync(new Uri("auth.test", UriKind.Relative), Ct);

        ((int)limited.StatusCode).ShouldBe(429);
        limited.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        ((int)broken.StatusCode).ShouldBe(503);
        (await broken.Content.ReadAsStringAsync(Ct)).ShouldStartWith("<html>");
    }

    [Fact]
    public async Task A_held_call_is_done_only_when_released()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var held = new Fault.Held();
        rig.Slack.Faults.On("chat.postMessage", held);

        var call = rig.CallAsync("chat.postMessage", Message, Ct);
        await held.Reached;
        rig.Driver.Sights.Messages(Seed.General).ShouldBeEmpty();
        held.Release();

        (await call)["ok"]!.GetValue<bool>().ShouldBeTrue();
    }
}
