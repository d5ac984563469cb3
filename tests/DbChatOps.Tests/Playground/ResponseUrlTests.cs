using System.Net.Http.Json;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class ResponseUrlTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_response_url_takes_five_answers_and_no_sixth()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await rig.Driver.Says(Seed.Ana, "/db");
        var url = rig.Bot.Last.Form["response_url"];

        for (var i = 0; i < 5; i++) (await PostAsync(rig, url, new { text = "later" })).ShouldBe((200, "ok"));

        (await PostAsync(rig, url, new { text = "too much" })).ShouldBe((404, "used_url"));
        rig.Driver.Sights.Ephemerals(Seed.Ana).Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_response_url_lives_thirty_minutes()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await rig.Driver.Says(Seed.Ana, "/db");
        var url = rig.Bot.Last.Form["response_url"];
        rig.Clock.Step(TimeSpan.FromMinutes(30));
        (await PostAsync(rig, url, new { text = "just" })).ShouldBe((200, "ok"));

        rig.Clock.Step(TimeSpan.FromSeconds(1));

        (await PostAsync(rig, url, new { text = "late" })).ShouldBe((404, "expired_url"));
    }

    [Fact]
    public async Task An_ephemeral_message_is_replaced_and_deleted_through_its_own_click()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await rig.CallAsync("chat.postEphemeral", new { channel = Seed.General.Id, user = Seed.Ana.Id, text = "x", blocks = new[] { Kit.Actions(Kit.Button("Confirm", "confirm")) } }, Ct);
        await rig.Driver.Presses(Seed.Ana, "Confirm");
        var url = rig.Bot.Last.Json["response_url"]!.ToString();

        await PostAsync(rig, url, new { replace_original = true, text = "confirmed" });
        rig.Driver.Sights.Ephemerals(Seed.Ana).ShouldHaveSingleItem().Text.ShouldBe("confirmed");

        await PostAsync(rig, url, new { delete_original = true });
        rig.Driver.Sights.Ephemerals(Seed.Ana).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_posted_there_is_in_the_journal()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await rig.Driver.Says(Seed.Ana, "/db");

        await PostAsync(rig, rig.Bot.Last.Form["response_url"], new { text = "with a canary-123 inside" });

        rig.Slack.Journal.Mentioning("canary-123").ShouldHaveSingleItem().Method.ShouldBe("response_url");
    }

    private static async Task<(int Status, string Body)> PostAsync(SlackRig rig, string url, object body)
    {
        using var response = await rig.Http.PostAsJsonAsync(new Uri(url), body, Ct);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
    }
}
