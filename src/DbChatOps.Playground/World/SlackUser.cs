using System.Text.Json.Nodes;

namespace DbChatOps.Playground.World;

/// <summary>A member of the workspace, or a stranger met in a shared channel.</summary>
public sealed record SlackUser
{
    public required string Id { get; init; }
    public required string Handle { get; init; }
    public required string RealName { get; init; }

    /// <summary>What the person does here, as their profile says it.</summary>
    public string Title { get; init; } = "";

    public string TeamId { get; init; } = Seed.TeamId;
    public bool IsBot { get; init; }
    public bool IsDeleted { get; init; }
    public bool IsGuest { get; init; }
    public bool IsSingleChannelGuest { get; init; }

    public bool IsStranger => !string.Equals(TeamId, Seed.TeamId, StringComparison.Ordinal);

    public override string ToString() => "@" + Handle;

    /// <summary>As users.info and users.list show it. A deactivated account loses most of its fields, as on Slack.</summary>
    public JsonObject ToJson()
    {
        var user = new JsonObject
        {
            ["id"] = Id,
            ["team_id"] = TeamId,
            ["name"] = Handle,
            ["deleted"] = IsDeleted,
            ["profile"] = new JsonObject
            {
                ["real_name"] = RealName,
                ["real_name_normalized"] = RealName,
                ["title"] = Title,
                ["display_name"] = Handle,
                ["display_name_normalized"] = Handle,
                ["status_text"] = "",
                ["status_emoji"] = "",
                ["team"] = TeamId,
            },
            ["is_bot"] = IsBot,
            ["is_app_user"] = false,
            ["updated"] = 1_795_000_000,
        };
        if (IsDeleted) return user;

        user["real_name"] = RealName;
        user["color"] = "9f69e7";
        user["tz"] = "Europe/Amsterdam";
        user["tz_label"] = "Central European Time";
        user["tz_offset"] = 3600;
        user["is_admin"] = false;
        user["is_owner"] = false;
        user["is_primary_owner"] = false;
        user["is_restricted"] = IsGuest || IsSingleChannelGuest;
        user["is_ultra_restricted"] = IsSingleChannelGuest;
        if (IsStranger) user["is_stranger"] = true;
        return user;
    }
}
