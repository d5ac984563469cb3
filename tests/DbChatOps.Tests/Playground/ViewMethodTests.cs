using System.Text.Json.Nodes;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class ViewMethodTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trigger_opens_one_view_and_no_second()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var trigger = await TriggerAsync(rig);

        (await rig.ErrorOfAsync("views.open", new { trigger_id = trigger, view = Kit.Modal("One") }, Ct)).ShouldBe("ok");
        (await rig.ErrorOfAsync("views.open", new { trigger_id = trigger, view = Kit.Modal("Two") }, Ct)).ShouldBe("exchanged_trigger_id");

        rig.Driver.Sights.Read(rig.Driver.Sights.TopModal(Seed.Ana)!).ShouldStartWith("── One ──");
    }

    [Fact]
    public async Task A_trigger_is_good_for_three_seconds()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var trigger = await TriggerAsync(rig);
        rig.Clock.Step(TimeSpan.FromSeconds(3.1));

        (await rig.ErrorOfAsync("views.open", new { trigger_id = trigger, view = Kit.Modal("Late") }, Ct)).ShouldBe("expired_trigger_id");
        (await rig.ErrorOfAsync("views.open", new { trigger_id = "1.2.x", view = Kit.Modal("Made up") }, Ct)).ShouldBe("invalid_trigger_id");
    }

    [Fact]
    public async Task An_update_changes_the_hash_and_refuses_an_older_one()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var opened = await OpenAsync(rig, Kit.Modal("One"));
        var (view_id, hash) = (opened["id"]!.ToString(), opened["hash"]!.ToString());

        var updated = await rig.CallAsync("views.update", new { view_id, hash, view = Kit.Modal("Two") }, Ct);

        updated["view"]!["hash"]!.ToString().ShouldNotBe(hash, StringComparer.Ordinal);
        (await rig.ErrorOfAsync("views.update", new { view_id, hash, view = Kit.Modal("Three") }, Ct)).ShouldBe("hash_conflict");
        (await rig.ErrorOfAsync("views.update", new { view_id = "V9", view = Kit.Modal("Three") }, Ct)).ShouldBe("not_found");
    }

    [Fact]
    public async Task A_view_is_found_by_its_external_id_which_no_other_may_take()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var view = Named("Loading");
        await OpenAsync(rig, view);

        (await rig.ErrorOfAsync("views.update", new { external_id = "delivery-1", view }, Ct)).ShouldBe("ok");
        var other = await TriggerAsync(rig);
        (await rig.ErrorOfAsync("views.open", new { trigger_id = other, view }, Ct)).ShouldBe("duplicate_external_id");

        static object Named(string title) => new { type = "modal", external_id = "delivery-1", title = Kit.Plain(title), blocks = Array.Empty<object>() };
    }

    [Fact]
    public async Task What_a_person_typed_survives_an_update_of_the_same_input()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var opened = await OpenAsync(rig, Kit.Modal("One", Kit.Input("reason", "Reason")));
        await rig.Driver.Fills(Seed.Ana, ("Reason", "INC-42"));

        await rig.CallAsync("views.update", new { view_id = opened["id"]!.ToString(), view = Kit.Modal("Two", Kit.Input("reason", "Why")) }, Ct);

        rig.Driver.Sights.Read(rig.Driver.Sights.TopModal(Seed.Ana)!).ShouldContain("Why: ‹INC-42›");
    }

    [Fact]
    public async Task Three_views_stand_upon_one_another_and_a_fourth_is_refused()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var root = await OpenAsync(rig, WithButton("One"));

        (await PushAsync("Two")).ShouldBe("ok");
        (await PushAsync("Three")).ShouldBe("ok");
        (await PushAsync("Four")).ShouldBe("push_limit_reached");

        var top = rig.Driver.Sights.TopModal(Seed.Ana)!;
        top.RootViewId.ShouldBe(root["id"]!.ToString());
        await rig.Driver.Closes(Seed.Ana);
        rig.Driver.Sights.TopModal(Seed.Ana)!.Id.ShouldBe(top.PreviousViewId);

        async Task<string> PushAsync(string title)
        {
            await rig.Driver.Presses(Seed.Ana, "Go");
            return await rig.ErrorOfAsync("views.push", new { trigger_id = rig.Bot.Last.Json["trigger_id"]!.ToString(), view = WithButton(title) }, Ct);
        }
    }

    [Fact]
    public async Task A_view_over_its_limits_is_refused_with_a_pointer()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var trigger_id = await TriggerAsync(rig);

        var answer = await rig.CallAsync("views.open", new { trigger_id, view = Kit.Modal(new string('x', 25)) }, Ct);

        answer["error"]!.ToString().ShouldBe("invalid_arguments");
        answer["response_metadata"]!["messages"]![0]!.ToString().ShouldBe("[ERROR] must be less than 25 characters [json-pointer:/view/title/text]");
    }

    [Fact]
    public async Task A_view_over_250_kilobytes_is_too_large()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var blocks = Enumerable.Range(0, 90).Select(_ => Kit.Section(new string('x', 3000))).ToArray();

        (await rig.ErrorOfAsync("views.open", new { trigger_id = await TriggerAsync(rig), view = Kit.Modal("Large", blocks) }, Ct)).ShouldBe("view_too_large");
    }

    [Fact]
    public async Task A_home_page_is_published_for_members_only()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var view = new { type = "home", blocks = new[] { Kit.Section("Your grants") } };

        (await rig.ErrorOfAsync("views.publish", new { user_id = Seed.Ana.Id, view }, Ct)).ShouldBe("ok");
        (await rig.ErrorOfAsync("views.publish", new { user_id = Seed.Stranger.Id, view }, Ct)).ShouldBe("invalid_arguments");

        rig.Driver.Sights.Screen(Seed.Ana).ShouldContain("Your grants");
        await rig.Driver.OpensHome(Seed.Ana);
        rig.Bot.Last.Json["event"]!["view"]!["type"]!.ToString().ShouldBe("home");
    }

    private static object WithButton(string title) => Kit.Modal(title, Kit.Actions(Kit.Button("Go", "go")));

    private static async Task<string> TriggerAsync(SlackRig rig)
    {
        await rig.Driver.Says(Seed.Ana, "/db");
        return rig.Bot.Last.Form["trigger_id"];
    }

    private static async Task<JsonNode> OpenAsync(SlackRig rig, object view) =>
        (await rig.CallAsync("views.open", new { trigger_id = await TriggerAsync(rig), view }, Ct))["view"]!;
}
