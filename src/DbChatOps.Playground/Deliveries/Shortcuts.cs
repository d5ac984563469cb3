using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>A person picks a shortcut of the app from a message's menu: message_action.</summary>
internal sealed class Shortcuts(SlackWorld world, BotDoorway bot, Uri address)
{
    public Task<BotAnswer> OnMessageAsync(SlackUser user, SlackMessage message, string callbackId, CancellationToken ct)
    {
        var payload = world.Change(() =>
        {
            var channel = world.Channels[message.ChannelId];
            var url = world.IssueResponseUrl(user.Id, channel.Id, message.Ts);
            var payload = Payloads.Of("message_action", user);
            payload["action_ts"] = Payloads.ActionTs(world.Now);
            payload["callback_id"] = callbackId;
            payload["trigger_id"] = world.IssueTrigger(user.Id, viewId: null).Id;
            payload["response_url"] = Payloads.AnswerAddress(address, url);
            payload["channel"] = Payloads.Channel(channel);
            payload["message_ts"] = message.Ts;
            payload["message"] = message.ToJson(withMetadata: true);
            return payload;
        });
        return bot.SendPayloadAsync(payload, ct);
    }
}
