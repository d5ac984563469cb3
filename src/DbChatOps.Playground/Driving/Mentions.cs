using System.Text.RegularExpressions;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>What the client makes of <c>@ana</c> and <c>#db-audit</c> before it sends them; names nobody bears stay as they are.</summary>
internal static partial class Mentions
{
    /// <summary>In a slash command: mentions carry the name after a bar, everything else stays raw.</summary>
    public static string InCommand(string text, SlackWorld world) => Named(text, world, withNames: true);

    /// <summary>In a message: mentions are bare ids, and the three reserved characters are entities.</summary>
    public static string InMessage(string text, SlackWorld world) => Named(
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal),
        world,
        withNames: false);

    [GeneratedRegex("(?<![\\w])[@#][a-z0-9][a-z0-9_-]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();

    private static string Named(string text, SlackWorld world, bool withNames)
    {
        return Names().Replace(text, match =>
        {
            var name = match.Value[1..];
            var id = world.Read(() => match.Value[0] == '@'
                ? world.Users.Values.FirstOrDefault(user => string.Equals(user.Handle, name, StringComparison.Ordinal))?.Id
                : world.Channels.Values.FirstOrDefault(channel => string.Equals(channel.Name, name, StringComparison.Ordinal))?.Id);
            return id is null ? match.Value : $"<{match.Value[0]}{id}{(withNames ? "|" + name : "")}>";
        });
    }
}
