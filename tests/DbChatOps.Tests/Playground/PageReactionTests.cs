using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

/// <summary>What people do among themselves on the page: reactions and files. And what can be done to the sockets of the bot.</summary>
public sealed class PageReactionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reaction_is_added_and_taken_back_by_whoever_gave_it()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await page.DoAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = "done" });
        var ts = rig.Driver.Sights.Messages(Seed.General).ShouldHaveSingleItem().Ts;

        await page.DoAsync("react", new { @as = Seed.Ana.Id, ts, name = "tada" });
        await page.DoAsync("react", new { @as = Seed.Bo.Id, ts, name = "tada" });
        await page.DoAsync("react", new { @as = Seed.Ana.Id, ts, name = "tada" });

        rig.Driver.Sights.Messages(Seed.General)[0].Reactions.ShouldBe([("tada", Seed.Bo.Id)]);
        rig.Bot.Received.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Nobody_reacts_to_what_they_do_not_see_or_what_only_they_see()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.CallAsync("chat.postEphemeral", new { channel = Seed.General.Id, user = Seed.Ana.Id, text = "whisper" }, Ct);
        var ts = rig.Driver.Sights.Ephemerals(Seed.Ana)[0].Ts;

        (await page.RefusalOfAsync("react", new { @as = Seed.Bo.Id, ts, name = "tada" })).ShouldBe("This message is gone.");
        (await page.RefusalOfAsync("react", new { @as = Seed.Ana.Id, ts, name = "tada" })).ShouldBe("Nobody can react to this.");
        (await page.RefusalOfAsync("react", new { @as = Seed.Ana.Id, ts, name = "<b>" })).ShouldBe("There is no such reaction.");
    }

    [Fact]
    public async Task A_file_is_shared_with_those_in_the_conversation_and_nobody_else()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var content = Convert.ToBase64String(Encoding.UTF8.GetBytes("select 1;"));

        await page.DoAsync("share", new { @as = Seed.Bo.Id, @in = Seed.Audit.Id, text = "see @dee", name = "../query.sql", content });

        var message = rig.Driver.Sights.Messages(Seed.Audit).ShouldHaveSingleItem();
        message.Text.ShouldBe($"see <@{Seed.Dee.Id}>");
        rig.Slack.World.Files[message.FileIds[0]].Name.ShouldBe("query.sql");
        (await page.Http.GetStringAsync($"/playground/files/{message.FileIds[0]}?as={Seed.Dee.Id}", Ct)).ShouldBe("select 1;");
        (await page.Http.GetAsync($"/playground/files/{message.FileIds[0]}?as={Seed.Ana.Id}", Ct)).IsSuccessStatusCode.ShouldBeFalse();
        (await page.RefusalOfAsync("share", new { @as = Seed.Ana.Id, @in = Seed.Audit.Id, name = "x", content })).ShouldBe("You are not in this conversation.");
        (await page.RefusalOfAsync("share", new { @as = Seed.Bo.Id, @in = Seed.Audit.Id, name = "x", content = "" })).ShouldBe("The file is empty.");
    }

    [Fact]
    public async Task A_workspace_that_is_full_of_files_takes_no_more()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var wish = new { @as = Seed.Bo.Id, @in = Seed.Audit.Id, name = "x", content = Convert.ToBase64String("x"u8) };
        for (var file = 0; file < 100; file++)
        {
            await page.DoAsync("share", wish);
        }

        (await page.RefusalOfAsync("share", wish)).ShouldBe("The playground keeps 100 files; started again, it has room.");

        rig.Driver.Sights.Messages(Seed.Audit).Count.ShouldBe(100);
    }

    [Fact]
    public async Task What_was_said_before_the_workspace_opened_is_read_by_everybody()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        rig.Slack.World.Change(() => rig.Slack.World.Messages["1000000000.000100"] = new SlackMessage
        {
            ChannelId = Seed.General.Id, Ts = "1000000000.000100", UserId = Seed.Cy.Id, Text = "long ago",
        });

        (await page.TextsAsync(Seed.Ana, "")).ShouldBe(["long ago"]);
        var screen = await page.ScreenAsync(Seed.Ana);
        screen["people"]!.AsArray().ShouldAllBe(person => person!["unread"]!.GetValue<int>() == 0);
    }

    [Fact]
    public async Task A_socket_is_cut_from_the_page_where_there_are_sockets_only()
    {
        await using var rig = await SlackRig.StartAsync(Ct, settings => settings with { SocketMode = true, AppToken = "xapp-test" });
        using var page = new PageRig(rig, Ct);
        using var socket = new ClientWebSocket();
        var ticket = rig.Slack.World.IssueSocketTicket();
        await socket.ConnectAsync(new UriBuilder(rig.Slack.Address) { Scheme = "ws", Path = "/link/", Query = "ticket=" + ticket }.Uri, Ct);
        (await ReadAsync(socket))["type"]!.ToString().ShouldBe("hello");

        await page.PostAsync("faults", new { fault = "refresh" });
        (await ReadAsync(socket))["reason"]!.ToString().ShouldBe("refresh_requested");
        await page.PostAsync("faults", new { fault = "cut" });
        await Should.ThrowAsync<WebSocketException>(() => ReadAsync(socket));

        await using var byHttp = await SlackRig.StartAsync(Ct);
        using var other = new PageRig(byHttp, Ct);
        (await other.PostAsync("faults", new { fault = "cut" })).Answer["error"]!.ToString().ShouldBe("There is no fault \"cut\".");
    }

    private static async Task<JsonNode> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, Ct);
        return JsonNode.Parse(buffer.AsSpan(0, received.Count))!;
    }
}
