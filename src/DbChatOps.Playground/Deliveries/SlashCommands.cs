using System.Text.Json.Nodes;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.WebApi;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>A person types a slash command; what the bot answers at once appears to that person only, unless it says in_channel.</summary>
internal sealed class SlashCommands(SlackWorld world, BotDoorway bot, Uri address)
{
    private const string SlackItself = "USLACKBOT";

    public async Task<BotAnswer> TypeAsync(SlackUser user, SlackChannel channel, string command, string text, CancellationToken ct)
    {
        var (trigger, url) = world.Change(() => (world.IssueTrigger(user.Id, viewId: null), world.IssueResponseUrl(user.Id, channel.Id, originalTs: null)));
        var answer = await bot.SendFormAsync(
            "commands",
            [
                new("token", Payloads.VerificationToken),
                new("team_id", user.TeamId),
                new("team_domain", Payloads.DomainOf(user)),
                new("channel_id", channel.Id),
                new("channel_name", channel.NameInCommands),
                new("user_id", user.Id),
                new("user_name", user.Handle),
                new("command", command),
                new("text", text),
                new("api_app_id", Seed.AppId),
                new("is_enterprise_install", "false"),
                new("response_url", new Uri(address, $"commands/{Seed.TeamId}/{url.Ticket}").AbsoluteUri),
                new("trigger_id", trigger.Id),
            ],
            ct);
        Show(user, channel, command, answer);
        return answer;
    }

    private void Show(SlackUser user, SlackChannel channel, string command, BotAnswer answer)
    {
        if (answer.Trouble is { } trouble)
        {
            Fail(user, channel, command, trouble);
            return;
        }

        if (answer.Body.Length == 0) return;

        var body = answer.ContentType is "application/json" ? Json.TryParse(answer.Body) as JsonObject : new JsonObject { ["text"] = answer.Body };
        try
        {
            if (body is null) throw new SlackErrorException("invalid_command_response");
            var message = ResponseMessages.Read(body, channel.Id);
            if (message is null) return;
            world.Change(() => world.Post(message with { OnlyFor = body.Text("response_type") is "in_channel" ? null : user.Id }));
        }
        catch (SlackErrorException)
        {
            Fail(user, channel, command, "invalid_command_response");
        }
    }

    private void Fail(SlackUser user, SlackChannel channel, string command, string trouble) => world.Change(() => world.Post(new SlackMessage
    {
        ChannelId = channel.Id,
        Ts = "",
        UserId = SlackItself,
        Text = $"{command} failed with the error \"{trouble}\"",
        OnlyFor = user.Id,
    }));
}
