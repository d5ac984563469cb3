using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>What people see on their screens. Every look is taken inside the world's gate.</summary>
public sealed class SlackSights(SlackWorld world)
{
    /// <summary>The messages of a channel that everyone in it sees, oldest first.</summary>
    public IReadOnlyList<SlackMessage> Messages(SlackChannel channel) => world.Read(() =>
        (IReadOnlyList<SlackMessage>)[.. world.Messages.Values.Where(message => !message.IsEphemeral && IsIn(channel.Id, message))]);

    /// <summary>The conversation between the bot and a person, oldest first.</summary>
    public IReadOnlyList<SlackMessage> Direct(SlackUser user) => Messages(world.Read(() => world.DirectWith(user.Id)));

    /// <summary>What only this person sees, oldest first; in all channels.</summary>
    public IReadOnlyList<SlackMessage> Ephemerals(SlackUser user) => world.Read(() =>
        (IReadOnlyList<SlackMessage>)[.. world.Messages.Values.Where(message => string.Equals(message.OnlyFor, user.Id, StringComparison.Ordinal))]);

    /// <summary>Everything this person sees in all conversations, newest first.</summary>
    public IReadOnlyList<SlackMessage> Visible(SlackUser user) => world.Read(() =>
        (IReadOnlyList<SlackMessage>)[.. world.Messages.Values.Where(message => Sees(user, message)).Reverse()]);

    public SlackView? TopModal(SlackUser user) => world.Read(() => world.Top(user.Id));

    public SlackView? Home(SlackUser user) => world.Read(() => world.HomeOf(user.Id));

    /// <summary>A message as people read it.</summary>
    public string Read(SlackMessage message) => world.Read(() => new PlainText(world).Of(message));

    /// <summary>A view as people read it, with what stands in its inputs.</summary>
    public string Read(SlackView view) => world.Read(() => new PlainText(world).Of(view));

    /// <summary>The channel as people read it.</summary>
    public string Read(SlackChannel channel) => string.Join("\n\n", Messages(channel).Select(Read));

    /// <summary>All that this person sees: the dialog in front, the messages of every conversation oldest first, then Home.</summary>
    public string Screen(SlackUser user) => world.Read(() =>
    {
        var plain = new PlainText(world);
        var parts = new List<string>();
        if (world.Top(user.Id) is { } modal) parts.Add(plain.Of(modal));
        parts.AddRange(world.Messages.Values.Where(message => Sees(user, message)).Select(message => $"{Place(message)} {plain.Of(message)}"));
        if (world.HomeOf(user.Id) is { } home) parts.Add(plain.Of(home));
        return string.Join("\n\n", parts);
    });

    internal bool Sees(SlackUser user, SlackMessage message) =>
        world.Channels[message.ChannelId].Members.Contains(user.Id)
        && (message.OnlyFor is null || string.Equals(message.OnlyFor, user.Id, StringComparison.Ordinal));

    private string Place(SlackMessage message)
    {
        var channel = world.Channels[message.ChannelId];
        return (channel.IsDirect ? "(direct)" : "#" + channel.Name) + (message.IsEphemeral ? " (only you)" : "");
    }

    private static bool IsIn(string channelId, SlackMessage message) => string.Equals(message.ChannelId, channelId, StringComparison.Ordinal);
}
