using System.Text.Json.Nodes;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>Plain messages of people and visits to Home, and the events that follow from them.</summary>
internal sealed class Talk(SlackWorkspace slack)
{
    /// <summary>Null when the bot is not told.</summary>
    public async Task<BotAnswer?> SayAsync(SlackUser who, SlackChannel channel, string text, string? threadTs, CancellationToken ct)
    {
        var message = slack.World.Change(() => slack.World.Post(new SlackMessage
        {
            ChannelId = channel.Id, Ts = "", UserId = who.Id, Text = text, ThreadTs = threadTs, ClientMessageId = Guid.NewGuid().ToString(),
        }));
        var isMention = text.Contains($"<@{Seed.BotUserId}>", StringComparison.Ordinal) && channel.Members.Contains(Seed.BotUserId);
        if (!channel.IsDirect && !isMention) return null;

        var inner = message.ToJson(withMetadata: false);
        inner["type"] = channel.IsDirect ? "message" : "app_mention";
        inner["team"] = who.TeamId;
        inner["channel"] = channel.Id;
        inner["event_ts"] = message.Ts;
        if (channel.IsDirect) inner["channel_type"] = "im";
        if (who.IsStranger) inner["user_team"] = who.TeamId;
        return await slack.Events.SendAsync(slack.Events.Envelope(inner, channel.IsExternallyShared), ct);
    }

    /// <summary>Adds a reaction, or takes one's own back. Null when the bot is not told, because it is not in the channel.</summary>
    public async Task<BotAnswer?> ReactAsync(SlackUser who, SlackMessage message, string reaction, CancellationToken ct)
    {
        var (channel, isAdded) = slack.World.Change(() =>
        {
            var (current, mine) = (slack.World.Messages[message.Ts], (reaction, who.Id));
            var isNew = !current.Reactions.Contains(mine);
            slack.World.Messages[message.Ts] = current with { Reactions = isNew ? current.Reactions.Add(mine) : current.Reactions.Remove(mine) };
            return (slack.World.Channels[message.ChannelId], isNew);
        });
        if (!channel.Members.Contains(Seed.BotUserId)) return null;

        var inner = new JsonObject
        {
            ["type"] = isAdded ? "reaction_added" : "reaction_removed",
            ["user"] = who.Id,
            ["reaction"] = reaction,
            ["item"] = new JsonObject { ["type"] = "message", ["channel"] = channel.Id, ["ts"] = message.Ts },
            ["item_user"] = message.UserId,
        };
        return await slack.Events.SendAsync(slack.Events.Envelope(inner, channel.IsExternallyShared), ct);
    }

    public Task<BotAnswer> OpenHomeAsync(SlackUser who, CancellationToken ct)
    {
        var inner = slack.World.Change(() =>
        {
            var visit = new JsonObject
            {
                ["type"] = "app_home_opened", ["user"] = who.Id, ["channel"] = slack.World.DirectWith(who.Id).Id, ["tab"] = "home",
            };
            // Before the first publish there is no view.
            if (slack.World.HomeOf(who.Id) is { } home) visit["view"] = home.ToJson();
            return visit;
        });
        return slack.Events.SendAsync(slack.Events.Envelope(inner, isExternallyShared: false), ct);
    }
}
