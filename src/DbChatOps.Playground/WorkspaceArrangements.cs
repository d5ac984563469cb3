using System.Text.Json.Nodes;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground;

/// <summary>What happens in a workspace without the bot: people come and go, channels are archived, messages vanish.</summary>
public static class WorkspaceArrangements
{
    public static void Archive(this SlackWorkspace slack, SlackChannel channel) =>
        slack.Alter(channel, current => current with { IsArchived = true });

    public static void Unarchive(this SlackWorkspace slack, SlackChannel channel) =>
        slack.Alter(channel, current => current with { IsArchived = false });

    /// <summary>Its id stays.</summary>
    public static void Rename(this SlackWorkspace slack, SlackChannel channel, string name) =>
        slack.Alter(channel, current => current with { Name = name });

    public static void Join(this SlackWorkspace slack, SlackChannel channel, SlackUser user) =>
        slack.Alter(channel, current => current with { Members = current.Members.Add(user.Id) });

    public static void Leave(this SlackWorkspace slack, SlackChannel channel, SlackUser user) =>
        slack.Alter(channel, current => current with { Members = current.Members.Remove(user.Id) });

    public static void Deactivate(this SlackWorkspace slack, SlackUser user) =>
        slack.World.Change(() => slack.World.Users[user.Id] = slack.World.Users[user.Id] with { IsDeleted = true });

    /// <summary>Replaces or adds a person, group or channel.</summary>
    public static void Put(this SlackWorkspace slack, SlackUser user) => slack.World.Change(() => slack.World.Users[user.Id] = user);

    public static void Put(this SlackWorkspace slack, SlackUserGroup group) => slack.World.Change(() => slack.World.Groups[group.Id] = group);

    public static void Put(this SlackWorkspace slack, SlackChannel channel) => slack.World.Change(() => slack.World.Channels[channel.Id] = channel);

    /// <summary>Somebody deletes a message behind the bot's back.</summary>
    public static void Delete(this SlackWorkspace slack, SlackMessage message) => slack.World.Change(() => slack.World.Messages.Remove(message.Ts));

    /// <summary>Tells the bot of something that happened, as the Events API does.</summary>
    public static Task<BotAnswer> TellAsync(this SlackWorkspace slack, JsonObject happened, CancellationToken ct) =>
        slack.Events.SendAsync(slack.Events.Envelope(happened, isExternallyShared: false), ct);

    /// <summary>What the Events API says about a person's account as it is now.</summary>
    public static Task<BotAnswer> TellOfAccountAsync(this SlackWorkspace slack, SlackUser user, CancellationToken ct) =>
        slack.TellAsync(new JsonObject { ["type"] = "user_change", ["user"] = slack.World.Read(() => slack.World.Users[user.Id].ToJson()) }, ct);

    private static void Alter(this SlackWorkspace slack, SlackChannel channel, Func<SlackChannel, SlackChannel> change) =>
        slack.World.Change(() => slack.World.Channels[channel.Id] = change(slack.World.Channels[channel.Id]));
}
