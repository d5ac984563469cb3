using System.Text.Json.Nodes;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Page;

/// <summary>
/// All that one person's screen shows, read from the world each time it is asked for. A conversation they are not in, a message for
/// somebody else and a dialog of somebody else are not in it.
/// </summary>
internal sealed class Screen(SlackWorkspace slack, ReadMarks marks)
{
    private const int MostMessages = 200;

    private readonly SlackWorld _world = slack.World;

    public JsonObject Of(SlackUser me, string? channelId, string? threadTs) => _world.Read(() =>
    {
        var conversations = Conversations(me);
        var shown = conversations.Find(channel => channel.Id == channelId)
            ?? conversations.Find(channel => channel.Id == Seed.General.Id)
            ?? conversations.Find(channel => !channel.IsDirect) ?? conversations[^1];
        var screen = new JsonObject
        {
            ["workspace"] = Workspace(),
            ["me"] = me.Id,
            ["people"] = Json.Array(People().Select(Person)),
            ["names"] = Names(me, conversations),
            ["conversations"] = Json.Array(conversations.Select(channel => Row(me, channel))),
            ["conversation"] = Conversation(me, shown, threadTs),
            ["dialogs"] = Json.Array((_world.Stacks.GetValueOrDefault(me.Id) ?? []).Select(id => MessageSight.Of(_world.Views[id]))),
            ["home"] = _world.HomeOf(me.Id) is { } home ? MessageSight.Of(home) : null,
        };
        return screen;
    });

    /// <summary>Who may be played: everybody but bots and accounts that are gone.</summary>
    public IEnumerable<SlackUser> People() => _world.Users.Values.Where(user => user is { IsBot: false, IsDeleted: false });

    private JsonObject Workspace()
    {
        var listing = slack.Settings.App;
        return new JsonObject
        {
            ["name"] = Seed.TeamName,
            ["bot"] = Seed.BotUserId,
            ["commands"] = Json.Array(listing.Commands.Select(command => new JsonObject { ["line"] = command.Line, ["meaning"] = command.Meaning })),
            ["shortcuts"] = Json.Array(listing.MessageShortcuts.Select(shortcut => new JsonObject { ["id"] = shortcut.CallbackId, ["name"] = shortcut.Name })),
            ["steps"] = Json.Array(listing.FirstSteps.Select(step => new JsonObject
            {
                ["user"] = step.UserId, ["channel"] = step.ChannelId, ["sentence"] = step.Sentence, ["line"] = step.Line,
            })),
        };
    }

    private JsonObject Person(SlackUser user)
    {
        var unread = Conversations(user).SelectMany(channel => Visible(user, channel)).Where(message => marks.IsUnread(user, message)).ToList();
        return new JsonObject
        {
            ["id"] = user.Id,
            ["name"] = user.RealName,
            ["handle"] = user.Handle,
            ["title"] = user.Title,
            ["role"] = user.IsStranger ? "stranger" : user.IsGuest || user.IsSingleChannelGuest ? "guest" : "member",
            ["unread"] = unread.Count,
            ["calls"] = unread.Count(message => IsFor(user, message)) + (_world.Top(user.Id) is null ? 0 : 1),
        };
    }

    /// <summary>Channels the person is in, then the conversation with the app, which is there before its first message.</summary>
    private List<SlackChannel> Conversations(SlackUser me)
    {
        var direct = _world.Channels.Values.FirstOrDefault(channel => channel.Counterpart == me.Id)
            ?? new SlackChannel { Id = SlackWorld.DirectIdOf(me.Id), Name = "directmessage", Counterpart = me.Id, Members = [Seed.BotUserId, me.Id] };
        return [.. _world.Channels.Values.Where(channel => !channel.IsDirect && channel.Members.Contains(me.Id)), direct];
    }

    private JsonObject Row(SlackUser me, SlackChannel channel)
    {
        var unread = Visible(me, channel).Where(message => marks.IsUnread(me, message)).ToList();
        return new JsonObject
        {
            ["id"] = channel.Id,
            ["name"] = channel.IsDirect ? null : channel.Name,
            ["direct"] = channel.IsDirect,
            ["private"] = channel.IsPrivate,
            ["archived"] = channel.IsArchived,
            ["shared"] = channel.IsExternallyShared,
            ["unread"] = unread.Count,
            ["calls"] = unread.Count(message => IsFor(me, message)),
        };
    }

    private JsonObject Conversation(SlackUser me, SlackChannel channel, string? threadTs)
    {
        var all = Visible(me, channel).ToList();
        var replies = all.Where(IsReply).ToLookup(message => message.ThreadTs!, StringComparer.Ordinal);
        var top = all.Where(message => !IsReply(message)).TakeLast(MostMessages);
        var parent = threadTs is null ? null : all.Find(message => message.Ts == threadTs && !IsReply(message));
        return new JsonObject
        {
            ["id"] = channel.Id,
            ["members"] = channel.Members.Count,
            ["latest"] = all.Count == 0 ? null : all[^1].Ts,
            ["messages"] = Json.Array(top.Select(message => MessageSight.Of(_world, message, [.. replies[message.Ts].Where(reply => !reply.IsEphemeral)]))),
            ["thread"] = parent is null ? null : new JsonObject
            {
                ["ts"] = parent.Ts,
                ["messages"] = Json.Array(replies[parent.Ts].Prepend(parent).Select(message => MessageSight.Of(_world, message, []))),
            },
        };
    }

    /// <summary>Those who share a conversation with this person, in the order in which they are offered as one types, people before bots; and what these conversations and groups are called.</summary>
    private JsonObject Names(SlackUser me, List<SlackChannel> conversations)
    {
        var (users, channels, groups) = (new JsonObject(), new JsonObject(), new JsonObject());
        var known = conversations.SelectMany(channel => channel.Members).Append(me.Id).Distinct(StringComparer.Ordinal).Select(_world.Users.GetValueOrDefault).OfType<SlackUser>();
        foreach (var user in known.OrderBy(user => user.IsBot).ThenBy(user => user.RealName, StringComparer.Ordinal).ThenBy(user => user.Id, StringComparer.Ordinal))
            users[user.Id] = new JsonObject { ["title"] = user.Title, ["name"] = user.RealName, ["handle"] = user.Handle, ["bot"] = user.IsBot, ["stranger"] = user.TeamId != me.TeamId };

        foreach (var channel in conversations.Where(channel => !channel.IsDirect)) channels[channel.Id] = channel.Name;
        foreach (var group in _world.Groups.Values.Where(_ => !me.IsStranger)) groups[group.Id] = group.Handle;
        return new JsonObject { ["users"] = users, ["channels"] = channels, ["groups"] = groups };
    }

    private IEnumerable<SlackMessage> Visible(SlackUser me, SlackChannel channel) =>
        _world.Messages.Values.Where(message => message.ChannelId == channel.Id && slack.Sights.Sees(me, message));

    private bool IsFor(SlackUser user, SlackMessage message) =>
        message.IsEphemeral || _world.Channels[message.ChannelId].IsDirect || message.Text.Contains($"<@{user.Id}>", StringComparison.Ordinal);

    private static bool IsReply(SlackMessage message) => message.ThreadTs is { } thread && thread != message.Ts;
}
