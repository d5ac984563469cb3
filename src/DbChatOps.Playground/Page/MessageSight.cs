using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Page;

/// <summary>Messages and views in the shape the page draws. Inside the world's gate.</summary>
internal static class MessageSight
{
    public static JsonObject Of(SlackWorld world, SlackMessage message, IReadOnlyCollection<SlackMessage> replies) => new()
    {
        ["ts"] = message.Ts,
        ["user"] = message.UserId,
        ["text"] = message.Text,
        ["blocks"] = message.Blocks?.Copy(),
        ["attachments"] = message.Attachments?.Copy(),
        ["values"] = message.StateValues.Copy(),
        ["thread"] = message.ThreadTs,
        ["edited"] = message.EditedTs is not null,
        ["onlyYou"] = message.IsEphemeral,
        ["files"] = Json.Array(message.FileIds.Select(id => world.Files[id]).Select(file => new JsonObject
        {
            ["id"] = file.Id, ["name"] = file.Name, ["title"] = file.Title ?? file.Name, ["length"] = file.Length,
        })),
        ["reactions"] = Json.Array(message.Reactions.GroupBy(reaction => reaction.Name, StringComparer.Ordinal).Select(group => new JsonObject
        {
            ["name"] = group.Key, ["users"] = Json.Array(group.Select(reaction => reaction.UserId)),
        })),
        ["replies"] = replies.Count == 0 ? null : new JsonObject
        {
            ["count"] = replies.Count,
            ["last"] = replies.Last().Ts,
            ["users"] = Json.Array(replies.Select(reply => reply.UserId).Distinct(StringComparer.Ordinal).Take(5)),
        },
    };

    public static JsonObject Of(SlackView view)
    {
        var sight = view.Content.Copy();
        // What an app keeps for itself in a view has no business on a screen.
        sight.Remove("private_metadata");
        sight["id"] = view.Id;
        sight["hash"] = view.Hash;
        sight["values"] = view.StateValues.Copy();
        sight["trouble"] = view.Trouble;
        var errors = new JsonObject();
        foreach (var (block, error) in view.Errors) errors[block] = error;
        sight["errors"] = errors;
        return sight;
    }
}
