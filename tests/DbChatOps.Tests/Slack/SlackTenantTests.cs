using System.Net;
using DbChatOps.Host.Slack;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>Who somebody is by the payload: another organisation never becomes ours, and one of us never becomes two.</summary>
[Trait("Trap", "T-17")]
public sealed class SlackTenantTests : IAsyncLifetime
{
    private DoorwayHost _bot = null!;

    public async ValueTask InitializeAsync() => _bot = await DoorwayHost.StartAsync();

    public ValueTask DisposeAsync() => _bot.DisposeAsync();

    [Fact]
    public async Task A_partner_who_submits_our_dialog_comes_from_outside()
    {
        await _bot.InteractionAsync(Sample.Text("view-submission-slack-connect"));

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        delivery.FromOutside.ShouldBeTrue();
        delivery.Person.ShouldBe(new PersonId("slack", "T0PARTNER1", "U0EXTERN01"));
    }

    [Fact]
    public async Task A_partner_who_mentions_us_in_a_shared_channel_comes_from_outside()
    {
        await _bot.EventAsync(Sample.Text("event-app-mention-external-user"));

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        delivery.FromOutside.ShouldBeTrue();
        delivery.Person.Realm.ShouldBe("T0PARTNER1");
    }

    [Fact]
    public async Task Somebody_of_unknown_team_in_a_shared_channel_comes_from_outside()
    {
        var mention = Sample.Json("event-app-mention-external-user");
        foreach (var member in (string[])["team", "source_team", "user_team"])
        {
            mention["event"]!.AsObject().Remove(member);
        }

        await _bot.EventAsync(mention.ToJsonString());

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        delivery.FromOutside.ShouldBeTrue();
        delivery.Person.Realm.ShouldBe("unknown");
    }

    [Theory]
    [InlineData("user")]
    [InlineData("team")]
    [InlineData("enterprise")]
    public async Task One_foreign_organisation_in_a_press_is_enough(string member)
    {
        var press = Sample.Json("block-actions-message-button");
        switch (member)
        {
            case "user":
                press["user"]!["team_id"] = "T0PARTNER1";
                break;
            case "team":
                press["team"]!["id"] = "T0PARTNER1";
                break;
            default:
                press["enterprise"] = new System.Text.Json.Nodes.JsonObject { ["id"] = "E0PARTNER1" };
                break;
        }

        await _bot.InteractionAsync(press.ToJsonString());

        _bot.Handler.Deliveries.ShouldHaveSingleItem().FromOutside.ShouldBeTrue();
    }

    [Fact]
    public async Task Another_app_and_another_installation_are_refused()
    {
        var command = Sample.Json("slash-command-minimal")["raw_body"]!.GetValue<string>();
        HttpResponseMessage[] responses =
        [
            await _bot.CommandAsync(command.Replace("A0DBCHAT01", "A0OTHER001")),
            await _bot.CommandAsync(command.Replace("&api_app_id=A0DBCHAT01", "")),
            await _bot.InteractionAsync(Sample.Text("block-actions-message-button").Replace("A0DBCHAT01", "A0OTHER001")),
            await _bot.InteractionAsync(Sample.Text("view-submission-slack-connect").Replace("\"T0DBOPS001\"", "\"T0OTHER001\"")),
            await _bot.EventAsync(Sample.Text("event-app-mention").Replace("A0DBCHAT01", "A0OTHER001")),
            await _bot.EventAsync(Sample.Text("event-app-mention").Replace("T0DBOPS001", "T0OTHER001")),
        ];

        foreach (var response in responses)
        {
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            response.Headers.GetValues("X-Slack-No-Retry").ShouldBe(["1"]);
        }

        _bot.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_from_another_workspace_is_answered_in_a_sentence_and_not_kept()
    {
        var command = Sample.Json("slash-command-minimal")["raw_body"]!.GetValue<string>();

        var response = await _bot.CommandAsync(command.Replace("team_id=T0DBOPS001", "team_id=T0OTHER001"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        answer["response_type"]!.GetValue<string>().ShouldBe("ephemeral");
        answer["text"]!.GetValue<string>().ShouldContain("Only members of this organisation");
        _bot.Handler.Deliveries.ShouldBeEmpty();
        _bot.Log.All.ShouldContain("Refused a slash command from another workspace");
    }

    [Fact]
    public async Task A_person_is_one_whether_Slack_names_the_enterprise_or_not()
    {
        await _bot.CommandAsync(Sample.Json("slash-command")["raw_body"]!.GetValue<string>());
        await _bot.CommandAsync(Sample.Json("slash-command-minimal")["raw_body"]!.GetValue<string>());
        await _bot.InteractionAsync(Sample.Text("block-actions-ephemeral-button"));
        await _bot.InteractionAsync(Sample.Text("block-actions-message-button"));
        await _bot.EventAsync(Sample.Text("event-message-im"));
        await _bot.EventAsync(Sample.Text("event-app-home-opened"));

        _bot.Handler.Deliveries.Count.ShouldBe(6);
        _bot.Handler.Deliveries.ShouldAllBe(delivery => delivery.Person == SlackWorld.OnCall && !delivery.FromOutside);
    }

    [Fact]
    public void An_empty_list_of_teams_means_nobody()
    {
        var tenant = new SlackTenant(SlackWorld.Settings() with { EnterpriseId = null, TeamIds = [] });

        tenant.IsOurs("T0DBOPS001").ShouldBeFalse();
        tenant.IsOurs("").ShouldBeFalse();
        tenant.IsOurs(null).ShouldBeFalse();
        tenant.Person("U1", "T0DBOPS001").Realm.ShouldBe("T0DBOPS001");
    }

    [Fact]
    public void Without_an_enterprise_the_team_is_the_realm() =>
        new SlackTenant(SlackWorld.Settings() with { EnterpriseId = null }).Person("U1", "T0DBOPS001").ShouldBe(new PersonId("slack", "T0DBOPS001", "U1"));
}
