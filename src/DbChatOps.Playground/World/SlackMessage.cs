using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace DbChatOps.Playground.World;

/// <summary>A message as it stands now. <see cref="OnlyFor"/> is the one viewer of an ephemeral message and null for all others.</summary>
public sealed record SlackMessage
{
    public required string ChannelId { get; init; }
    public required string Ts { get; init; }
    public required string UserId { get; init; }
    public required string Text { get; init; }
    public JsonArray? Blocks { get; init; }
    public JsonArray? Attachments { get; init; }
    public JsonObject? Metadata { get; init; }
    public string? ThreadTs { get; init; }
    public string? OnlyFor { get; init; }
    public string? EditedTs { get; init; }
    public string? ClientMessageId { get; init; }
    public ImmutableList<string> FileIds { get; init; } = [];
    public ImmutableList<(string Name, string UserId)> Reactions { get; init; } = [];

    /// <summary>What people chose in selects of this message, by block and action.</summary>
    public JsonObject StateValues { get; init; } = [];

    public bool IsEphemeral => OnlyFor is not null;

    public bool IsFromBot => string.Equals(UserId, Seed.BotUserId, StringComparison.Ordinal);

    /// <summary>As in answers of the Web API and in the <c>message</c> of an interaction.</summary>
    public JsonObject ToJson(bool withMetadata)
    {
        var message = new JsonObject { ["type"] = "message", ["user"] = UserId, ["text"] = Text, ["ts"] = Ts };
        if (IsFromBot)
        {
            message["bot_id"] = Seed.BotId;
            message["app_id"] = Seed.AppId;
        }
        else if (ClientMessageId is not null)
        {
            message["client_msg_id"] = ClientMessageId;
        }

        message["team"] = Seed.TeamId;
        if (Blocks is not null) message["blocks"] = Blocks.Copy();
        if (Attachments is not null) message["attachments"] = Attachments.Copy();
        if (ThreadTs is not null) message["thread_ts"] = ThreadTs;
        if (EditedTs is not null) message["edited"] = new JsonObject { ["user"] = UserId, ["ts"] = EditedTs };
        if (withMetadata && Metadata is not null) message["metadata"] = Metadata.Copy();
        if (FileIds.Count > 0) message["files"] = Json.Array(FileIds.Select(id => new JsonObject { ["id"] = id }));
        if (Reactions.Count > 0) message["reactions"] = ReactionsJson();
        return message;
    }

    private JsonArray ReactionsJson() => Json.Array(
        Reactions.GroupBy(reaction => reaction.Name, StringComparer.Ordinal).Select(group => new JsonObject
        {
            ["name"] = group.Key,
            ["users"] = Json.Array(group.Select(reaction => reaction.UserId)),
            ["count"] = group.Count(),
        }));
}
