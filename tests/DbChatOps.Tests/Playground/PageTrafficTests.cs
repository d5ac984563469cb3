using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

/// <summary>The stream, the traffic and the faults of the page.</summary>
public sealed class PageTrafficTests
{
    private static readonly object Message = new { channel = Seed.General.Id, text = "x" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_stream_tells_of_a_new_message()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        using var response = await page.Http.GetAsync("/playground/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        await NextEventAsync(reader);

        var next = NextEventAsync(reader);
        next.IsCompleted.ShouldBeFalse();
        await rig.Driver.Says(Seed.Ana, "good morning");

        (await next.WaitAsync(TimeSpan.FromSeconds(10), Ct)).ShouldBe("event: changed");
    }

    [Fact]
    public async Task A_workspace_that_closes_ends_its_streams()
    {
        var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        using var response = await page.Http.GetAsync("/playground/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var stream = await response.Content.ReadAsStreamAsync(Ct);

        await rig.DisposeAsync();

        using var rest = new StreamReader(stream);
        (await rest.ReadToEndAsync(Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct)).ShouldContain("changed");
    }

    [Fact]
    public async Task Traffic_is_shown_in_both_directions_and_without_tokens()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "my token is " + rig.Slack.Settings.BotToken }, Ct);
        await rig.Driver.Says(Seed.Ana, "/db grants");

        var entries = (await page.Http.GetFromJsonAsync<JsonNode>("/playground/traffic", Ct))!["entries"]!.AsArray();
        entries.Select(entry => $"{entry!["toBot"]} {entry["method"]} {entry["status"]}").ShouldBe(["true /db 200", "false chat.postMessage 200"]);

        var whole = "";
        foreach (var entry in entries) whole += await page.Http.GetStringAsync($"/playground/traffic/{entry!["sequence"]}", Ct);
        whole.ShouldContain("/db");
        whole.ShouldContain("my token is •••");
        whole.ShouldNotContain(rig.Slack.Settings.BotToken);
        whole.ShouldNotContain("playground-verification-token");
        whole.ShouldNotContain("/commands/");
    }

    [Fact]
    public async Task The_apps_token_and_the_ticket_of_a_socket_are_not_shown()
    {
        await using var rig = await SlackRig.StartAsync(Ct, settings => settings with { SocketMode = true, AppToken = "xapp-of-this-test" });
        using var page = new PageRig(rig, Ct);
        await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "the app's is xapp-of-this-test" }, Ct);
        rig.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "xapp-of-this-test");
        var address = (await rig.CallAsync("apps.connections.open", new { }, Ct))["url"]!.ToString();

        var posted = await page.Http.GetStringAsync("/playground/traffic/1", Ct);
        var opened = await page.Http.GetFromJsonAsync<JsonNode>("/playground/traffic/2", Ct);

        posted.ShouldNotContain("xapp-of-this-test");
        opened!["answered"]!["url"]!.ToString().ShouldBe(Regex.Replace(address, "(?<=ticket=)[0-9a-f]{32}(?=&)", "•••", RegexOptions.None, TimeSpan.FromSeconds(1)));
        opened.ToJsonString().ShouldNotContain(address.Split('=', '&')[1]);
    }

    [Fact]
    public async Task A_delivery_that_nobody_answered_is_in_the_traffic()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        rig.Slack.Bot.Address = new Uri("http://127.0.0.1:1/");

        await page.DoAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = "/db grants" });

        var entry = (await page.Http.GetFromJsonAsync<JsonNode>("/playground/traffic", Ct))!["entries"]!.AsArray().ShouldHaveSingleItem()!;
        entry["status"]!.GetValue<int>().ShouldBe(0);
        entry["ok"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task A_fault_is_planned_used_up_and_taken_back()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);

        await page.PostAsync("faults", new { fault = "refused", method = "chat.postMessage", times = 1 });
        (await rig.ErrorOfAsync("chat.postMessage", Message, Ct)).ShouldBe("internal_error");
        (await rig.ErrorOfAsync("chat.postMessage", Message, Ct)).ShouldBe("ok");

        await page.PostAsync("faults", new { fault = "refused" });
        (await rig.ErrorOfAsync("auth.test", new { }, Ct)).ShouldBe("internal_error");
        var pending = (await page.Http.GetFromJsonAsync<JsonNode>("/playground/faults", Ct))!["pending"]!.AsArray().ShouldHaveSingleItem()!;
        await page.PostAsync("faults/forget", new { id = pending["id"]!.GetValue<int>() });
        (await rig.ErrorOfAsync("auth.test", new { }, Ct)).ShouldBe("ok");
    }

    [Fact]
    public async Task Deliveries_can_be_made_twice_and_any_of_them_again_byte_for_byte()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await page.PostAsync("faults", new { fault = "repeat", times = 1 });

        await page.DoAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = "/db grants" });
        await page.PostAsync("traffic/1/again", new { });

        rig.Bot.Received.Count.ShouldBe(3);
        rig.Bot.Received.Select(received => received.Body + received.Headers["X-Slack-Signature"]).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_wrong_signature_is_sent_once()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.Driver.Says(Seed.Ana, "/db grants");
        await page.PostAsync("faults", new { fault = "signature" });
        await rig.Driver.Says(Seed.Ana, "/db grants");
        await rig.Driver.Says(Seed.Ana, "/db grants");

        var valid = rig.Bot.Received.Select(received => received.Headers["X-Slack-Signature"] == DbChatOps.Playground.Deliveries.RequestSignature.Of(
            rig.Slack.Settings.SigningSecret, received.Headers["X-Slack-Request-Timestamp"], received.Body));
        valid.ShouldBe([true, false, true]);
    }

    private static async Task<string> NextEventAsync(StreamReader reader)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(Ct) ?? throw new EndOfStreamException();
            if (line.StartsWith("event:", StringComparison.Ordinal)) return line;
        }
    }
}
