using System.Globalization;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Demo;

/// <summary>What was said in the demo's channels before anybody came: a place where people work, and the reason why Ana is about to ask.</summary>
internal static class DemoTalk
{
    private static readonly Said[] General =
    [
        new(Seed.Cy, 46, "Payments are stuck again: three customers wrote in within ten minutes. I have opened INC-42.") { Reactions = [("eyes", Seed.Ana), ("eyes", Seed.Bo)] },
        new(Seed.Ana, 44, "On it. The queue is empty and the workers are idle, so it must be something in the data.")
        {
            Replies = [new(Seed.Cy, 43, "Which table?"), new(Seed.Ana, 42, "`orders`: rows that never leave _pending_. I cannot see more from here.")],
        },
        new(Seed.Bo, 41, "Then look at production. Ask with `/db access`, the card comes to me in <#C0APPROVAL>.") { Reactions = [("+1", Seed.Ana)] },
    ];

    private static readonly Said[] Random =
    [
        new(Seed.Ana, 95, "Who has the key to the bicycle shed?"),
        new(Seed.Bo, 93, "It hangs on the plant. :slightly_smiling_face:") { Reactions = [("tada", Seed.Ana)] },
    ];

    public static void Tell(SlackWorkspace slack) => slack.World.Change(() =>
    {
        foreach (var said in General) Tell(slack.World, Seed.General, said, threadTs: null);
        foreach (var said in Random) Tell(slack.World, Seed.Elsewhere, said, threadTs: null);
    });

    private static void Tell(SlackWorld world, SlackChannel channel, Said said, string? threadTs)
    {
        var ts = string.Create(CultureInfo.InvariantCulture, $"{world.Now.AddMinutes(-said.MinutesAgo).ToUnixTimeSeconds()}.000100");
        world.Messages[ts] = new SlackMessage
        {
            ChannelId = channel.Id,
            Ts = ts,
            UserId = said.Who.Id,
            Text = said.Text,
            ThreadTs = threadTs ?? (said.Replies.Count > 0 ? ts : null),
            Reactions = [.. said.Reactions.Select(reaction => (reaction.Name, reaction.By.Id))],
        };
        foreach (var reply in said.Replies) Tell(world, channel, reply, ts);
    }

    private sealed record Said(SlackUser Who, int MinutesAgo, string Text)
    {
        public IReadOnlyList<(string Name, SlackUser By)> Reactions { get; init; } = [];

        public IReadOnlyList<Said> Replies { get; init; } = [];
    }
}
