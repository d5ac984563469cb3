using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Says when only the declared delay of a standby is missing, and until when.</summary>
internal static class ReplayWaits
{
    /// <summary>The longest such wait; null when anything else is missing as well, or nothing is.</summary>
    public static ReplayWait? Of(EndingState login, IReadOnlyList<NodeLink> nodes, IReadOnlyList<string> unlisted, DateTimeOffset now)
    {
        var late = nodes.Where(n => n.IsLateFor(login)).ToList();
        var others = nodes.Except(late).All(n => n.Trouble is null && (login.Oid is null || login.IsClearOn(n.Name)));
        if (late.Count == 0 || !others || unlisted.Count > 0 || login.IsBorrowed || login.Closing.Awaited is null)
        {
            return null;
        }

        var last = late.MaxBy(static n => n.DeclaredDelay) ?? late[0];
        return new ReplayWait { Node = last.Name, Delay = last.DeclaredDelay, Until = login.Closing.WaitingSince(now) + last.DeclaredDelay };
    }
}
