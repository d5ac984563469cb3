using System.Text.Json.Nodes;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>A person acts on an element of a message or of a view: block_actions, and block_suggestion for type-ahead.</summary>
internal sealed class Clicks(SlackWorld world, BotDoorway bot, Uri address)
{
    public Task<BotAnswer> InMessageAsync(SlackUser user, SlackMessage message, JsonObject block, JsonObject element, JsonNode? chosen, CancellationToken ct)
    {
        var payload = world.Change(() =>
        {
            var values = message.StateValues;
            if (chosen is not null) world.Messages[message.Ts] = message with { StateValues = values = With(values, block, element, chosen) };

            var channel = world.Channels[message.ChannelId];
            var url = world.IssueResponseUrl(user.Id, channel.Id, message.Ts);
            var payload = Payloads.Of("block_actions", user);
            payload["container"] = Container(message);
            payload["trigger_id"] = world.IssueTrigger(user.Id, viewId: null).Id;
            payload["channel"] = Payloads.Channel(channel);
            // Slack does not echo an ephemeral message.
            if (!message.IsEphemeral) payload["message"] = message.ToJson(withMetadata: true);
            payload["state"] = new JsonObject { ["values"] = values.Copy() };
            payload["response_url"] = Payloads.AnswerAddress(address, url);
            payload["actions"] = new JsonArray(Action(block, element, chosen));
            return payload;
        });
        return bot.SendPayloadAsync(payload, ct);
    }

    public Task<BotAnswer> InViewAsync(SlackUser user, SlackView view, JsonObject block, JsonObject element, JsonNode? chosen, CancellationToken ct)
    {
        var payload = world.Change(() =>
        {
            var current = chosen is null ? view : world.Views[view.Id] = view with { StateValues = With(view.StateValues, block, element, chosen) };
            var payload = Payloads.Of("block_actions", user);
            payload["container"] = new JsonObject { ["type"] = "view", ["view_id"] = view.Id };
            payload["trigger_id"] = world.IssueTrigger(user.Id, view.IsHome ? null : view.Id).Id;
            payload["view"] = Payloads.Echo(current, user);
            payload["actions"] = new JsonArray(Action(block, element, chosen));
            return payload;
        });
        return bot.SendPayloadAsync(payload, ct);
    }

    /// <summary>What the bot offers for <paramref name="typed"/> in an external select.</summary>
    public async Task<IReadOnlyList<JsonObject>> SuggestAsync(SlackUser user, Found found, string typed, CancellationToken ct)
    {
        var (block, element) = (found.Block, found.Element);
        var payload = Payloads.Of("block_suggestion", user);
        payload["action_id"] = element.Text("action_id");
        payload["block_id"] = block.Text("block_id");
        payload["value"] = typed;
        if (found.View is { } view)
        {
            payload["container"] = new JsonObject { ["type"] = "view", ["view_id"] = view.Id };
            payload["view"] = Payloads.Echo(view, user);
        }
        else if (found.Message is { } message)
        {
            payload["container"] = Container(message);
            payload["channel"] = world.Read(() => Payloads.Channel(world.Channels[message.ChannelId]));
            if (!message.IsEphemeral) payload["message"] = message.ToJson(withMetadata: true);
        }

        var answer = await bot.SendPayloadAsync(payload, ct);
        var body = answer.IsAcknowledged ? Json.TryParse(answer.Body) : null;
        return [.. body?["options"].Objects() ?? [], .. body?["option_groups"].Objects().SelectMany(group => group["options"].Objects()) ?? []];
    }

    /// <summary>The state with one element's value replaced.</summary>
    internal static JsonObject With(JsonObject values, JsonObject block, JsonObject element, JsonNode? chosen)
    {
        var copy = values.Copy();
        if (ViewState.ValueMember(element) is not { } member || block.Text("block_id") is not { } blockId) return copy;
        if (copy[blockId] is not JsonObject ofBlock) copy[blockId] = ofBlock = [];
        ofBlock[element.Text("action_id") ?? ""] = new JsonObject { ["type"] = element.Text("type"), [member] = chosen?.DeepClone() };
        return copy;
    }

    private static JsonObject Container(SlackMessage message)
    {
        var container = new JsonObject
        {
            ["type"] = "message", ["message_ts"] = message.Ts, ["channel_id"] = message.ChannelId, ["is_ephemeral"] = message.IsEphemeral,
        };
        if (message.ThreadTs is { } thread) container["thread_ts"] = thread;
        return container;
    }

    private JsonObject Action(JsonObject block, JsonObject element, JsonNode? chosen)
    {
        var action = new JsonObject { ["action_id"] = element.Text("action_id"), ["block_id"] = block.Text("block_id") };
        foreach (var name in new[] { "text", "value", "style", "placeholder" })
        {
            if (element[name] is { } part) action[name] = part.DeepClone();
        }

        action["type"] = element.Text("type");
        if (chosen is not null && ViewState.ValueMember(element) is { } member) action[member] = chosen.DeepClone();
        action["action_ts"] = Payloads.ActionTs(world.Now);
        return action;
    }
}
