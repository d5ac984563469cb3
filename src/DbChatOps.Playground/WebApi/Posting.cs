using System.Text.Json.Nodes;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

/// <summary>What the chat methods share: who may post where, and what a message may hold.</summary>
internal static class Posting
{
    /// <summary>Slack cuts longer texts off; an update refuses far shorter ones (<see cref="ChatUpdate"/>).</summary>
    private const int LongestText = 40_000;

    private const int LargestMetadata = 8_000;

    public static void RequireMayPost(this ApiCall call, SlackChannel channel)
    {
        if (channel.IsArchived) throw new SlackErrorException("is_archived");
        if (ApiCall.HasJoined(channel)) return;
        if (!call.Settings.Scopes.Contains("chat:write.public")) throw new SlackErrorException("not_in_channel");
    }

    /// <summary>The checked content of a message that the bot is about to post.</summary>
    public static SlackMessage Draft(this ApiCall call, SlackChannel channel)
    {
        var (text, blocks, attachments) = call.Content();
        return new SlackMessage
        {
            ChannelId = channel.Id,
            Ts = "",
            UserId = Seed.BotUserId,
            Text = text.Length > LongestText ? text[..LongestText] : text,
            Blocks = blocks,
            Attachments = attachments,
            Metadata = call.Metadata(),
            ThreadTs = call.Text("thread_ts"),
        };
    }

    public static (string Text, JsonArray? Blocks, JsonArray? Attachments) Content(this ApiCall call)
    {
        var text = call.Text("text") ?? "";
        var blocks = call.Array("blocks", malformed: "invalid_blocks_format");
        var attachments = call.Array("attachments", malformed: "invalid_attachments");
        if (text.Length == 0 && blocks is not { Count: > 0 } && attachments is not { Count: > 0 }) throw new SlackErrorException("no_text");
        if (attachments?.Count > 100) throw new SlackErrorException("too_many_attachments");
        if (blocks is not null) BlockKitCheck.Message(blocks);
        foreach (var attachment in attachments.Objects())
        {
            if (attachment["blocks"] is JsonArray inner) BlockKitCheck.Message(inner);
        }

        return (text, blocks is { Count: > 0 } ? Normal.Blocks(blocks) : null, attachments?.Copy());
    }

    public static JsonObject? Metadata(this ApiCall call)
    {
        var metadata = call.Object("metadata", malformed: "invalid_metadata_format");
        if (metadata is null) return null;
        if (metadata.Text("event_type") is null || metadata["event_payload"] is not JsonObject) throw new SlackErrorException("invalid_metadata_schema");
        if (Json.Write(metadata).Length > LargestMetadata) throw new SlackErrorException("metadata_too_large");
        return metadata.Copy();
    }

    public static SlackMessage? Find(this SlackWorld world, SlackChannel channel, string ts) =>
        world.Messages.TryGetValue(ts, out var message) && string.Equals(message.ChannelId, channel.Id, StringComparison.Ordinal) ? message : null;
}
