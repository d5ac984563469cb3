using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace DbChatOps.Playground.World;

/// <summary>A channel or a direct conversation with the bot (then <see cref="Counterpart"/> is the person).</summary>
public sealed record SlackChannel
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public ImmutableHashSet<string> Members { get; init; } = [];
    public string? Counterpart { get; init; }
    public bool IsPrivate { get; init; }
    public bool IsArchived { get; init; }
    public bool IsExternallyShared { get; init; }

    public bool IsDirect => Counterpart is not null;

    /// <summary>What slash commands call it: direct and private conversations do not tell their name.</summary>
    public string NameInCommands => IsDirect ? "directmessage" : IsPrivate ? "privategroup" : Name;

    public override string ToString() => IsDirect ? $"DM with {Counterpart}" : "#" + Name;

    public JsonObject ToJson() => IsDirect ? DirectJson() : ChannelJson();

    private JsonObject DirectJson() => new()
    {
        ["id"] = Id,
        ["created"] = 1_795_000_000,
        ["is_im"] = true,
        ["is_archived"] = false,
        ["is_org_shared"] = false,
        ["context_team_id"] = Seed.TeamId,
        ["user"] = Counterpart,
        ["is_open"] = true,
        ["last_read"] = "0000000000.000000",
        ["priority"] = 0,
    };

    private JsonObject ChannelJson()
    {
        var channel = new JsonObject
        {
            ["id"] = Id,
            ["name"] = Name,
            ["is_channel"] = !IsPrivate,
            ["is_group"] = IsPrivate,
            ["is_im"] = false,
            ["is_mpim"] = false,
            ["created"] = 1_795_000_000,
            ["creator"] = Seed.Dee.Id,
            ["is_archived"] = IsArchived,
            ["is_general"] = string.Equals(Name, "general", StringComparison.Ordinal),
            ["unlinked"] = 0,
            ["name_normalized"] = Name,
            ["is_shared"] = IsExternallyShared,
            ["is_ext_shared"] = IsExternallyShared,
            ["is_org_shared"] = false,
            ["pending_shared"] = new JsonArray(),
            ["is_pending_ext_shared"] = false,
            ["is_member"] = Members.Contains(Seed.BotUserId),
            ["is_private"] = IsPrivate,
            ["last_read"] = "0000000000.000000",
            ["topic"] = Remark(),
            ["purpose"] = Remark(),
            ["previous_names"] = new JsonArray(),
            ["num_members"] = Members.Count,
            ["context_team_id"] = Seed.TeamId,
        };
        if (!IsExternallyShared) return channel;

        channel["shared_team_ids"] = new JsonArray(Seed.TeamId, Seed.PartnerTeamId);
        channel["connected_team_ids"] = new JsonArray(Seed.PartnerTeamId);
        return channel;
    }

    private static JsonObject Remark() => new() { ["value"] = "", ["creator"] = "", ["last_set"] = 0 };
}
