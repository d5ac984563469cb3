using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace DbChatOps.Playground.World;

/// <summary>A user group, which Slack's API also calls a subteam.</summary>
public sealed record SlackUserGroup
{
    public required string Id { get; init; }
    public required string Handle { get; init; }
    public required string Name { get; init; }
    public ImmutableList<string> Members { get; init; } = [];
    public bool IsDisabled { get; init; }

    public JsonObject ToJson(bool withUsers)
    {
        var group = new JsonObject
        {
            ["id"] = Id,
            ["team_id"] = Seed.TeamId,
            ["is_usergroup"] = true,
            ["name"] = Name,
            ["description"] = "",
            ["handle"] = Handle,
            ["is_external"] = false,
            ["date_create"] = 1_795_000_000,
            ["date_update"] = 1_795_000_000,
            ["date_delete"] = IsDisabled ? 1_795_000_001 : 0,
            ["created_by"] = Seed.Dee.Id,
            ["updated_by"] = Seed.Dee.Id,
            ["deleted_by"] = null,
            ["user_count"] = Members.Count,
        };
        if (withUsers) group["users"] = Json.Array(Members);
        return group;
    }
}
