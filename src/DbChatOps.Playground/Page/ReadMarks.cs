using System.Collections.Concurrent;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Page;

/// <summary>How far each person has read each conversation. Kept here and not in the browser, so that a reload changes nothing.</summary>
/// <param name="opened">The ts at which the workspace opened; what was said before, everybody has read.</param>
internal sealed class ReadMarks(string opened)
{
    private readonly ConcurrentDictionary<(string User, string Channel), string> _marks = new();

    /// <summary>False when they had read that far already.</summary>
    public bool Move(SlackUser user, string channelId, string ts)
    {
        var before = _marks.GetValueOrDefault((user.Id, channelId), opened);
        if (string.CompareOrdinal(before, ts) >= 0) return false;
        _marks[(user.Id, channelId)] = ts;
        return true;
    }

    public bool IsUnread(SlackUser user, SlackMessage message) =>
        message.UserId != user.Id && string.CompareOrdinal(message.Ts, _marks.GetValueOrDefault((user.Id, message.ChannelId), opened)) > 0;
}
