using System.Text.Json.Nodes;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.WebApi;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>Messages that arrive as an answer: to a slash command, or at a response URL.</summary>
internal static class ResponseMessages
{
    /// <summary>The message in an answer's body, null when the body holds none.</summary>
    /// <exception cref="SlackErrorException">Its blocks are not valid.</exception>
    public static SlackMessage? Read(JsonObject body, string channelId)
    {
        var blocks = body["blocks"] as JsonArray;
        var text = body.Text("text") ?? "";
        if (text.Length == 0 && blocks is not { Count: > 0 }) return null;
        if (blocks is not null) BlockKitCheck.Message(blocks);
        return new SlackMessage
        {
            ChannelId = channelId,
            Ts = "",
            UserId = Seed.BotUserId,
            Text = text,
            Blocks = blocks is { Count: > 0 } ? Normal.Blocks(blocks) : null,
            ThreadTs = body.Text("thread_ts"),
        };
    }

    public static SlackMessage Post(this SlackWorld world, SlackMessage draft)
    {
        var message = draft with { Ts = world.NextTs() };
        return world.Messages[message.Ts] = message;
    }
}
