using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>What one receiver of WAL has reported, as pg_stat_replication shows it. Both positions come with the same reply.</summary>
/// <param name="WrittenTo">Absent before the first reply.</param>
/// <param name="Replays">Whether the last reply named a replay position.</param>
/// <param name="At">When the reply was sent, by the receiver's clock: good for telling two replies apart, for nothing else.</param>
internal sealed record WalReply(int ProcessId, DateTimeOffset StartedAt, long? WrittenTo, bool Replays, DateTimeOffset? At);

/// <summary>What a receiver of WAL is, as far as its replies show.</summary>
internal enum ReceiverKind
{
    /// <summary>It replays, or it says nothing of itself.</summary>
    Standby = 0,

    /// <summary>It has not replayed so far: an archiver, or a standby that is starting.</summary>
    Undecided = 1,

    /// <summary>It only writes WAL down. Nobody can log in there.</summary>
    Archiver = 2,
}

/// <summary>
/// Tells WAL archivers from standbys by their replies, never by their names. A standby names a replay position in every reply, from the moment it has found
/// the checkpoint record that it starts from. Until then it looks like an archiver, for minutes if it streams much WAL up to that record. So an archiver is
/// only who has written past the end of WAL of our first look, which lies behind each such record, and still names no replay position in a later reply,
/// <paramref name="knownAfter"/> after that. A receiver that connects again is watched anew.
/// </summary>
internal sealed class ReceiverWatch(TimeProvider clock, TimeSpan knownAfter)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ServerId, Dictionary<(string Node, int ProcessId, DateTimeOffset StartedAt), Sight>> _sights = [];

    public TimeSpan KnownAfter => knownAfter;

    /// <summary>Judges all receivers of one server as they were read just now; <paramref name="endOfWal"/> was read after them, on the writer.</summary>
    public IReadOnlyList<Follower> Judge(ServerId server, IReadOnlyList<Follower> followers, long endOfWal)
    {
        lock (_lock)
        {
            var before = _sights.GetValueOrDefault(server) ?? [];
            var now = new Dictionary<(string, int, DateTimeOffset), Sight>();
            _sights[server] = now;
            return followers.Select(follower => follower with { Kind = KindOf(follower, before, now, endOfWal) }).ToList();
        }
    }

    private ReceiverKind KindOf(
        Follower follower, Dictionary<(string, int, DateTimeOffset), Sight> before, Dictionary<(string, int, DateTimeOffset), Sight> now, long endOfWal)
    {
        if (follower.Reply is not { } reply)
        {
            return ReceiverKind.Standby;
        }

        var key = (follower.Node.ToString(), reply.ProcessId, reply.StartedAt);
        var sight = before.GetValueOrDefault(key) ?? new Sight(clock.GetTimestamp(), endOfWal);
        now[key] = sight;
        sight.HasReplayed |= reply.Replays;
        if (sight.HasReplayed)
        {
            return ReceiverKind.Standby;
        }

        if (reply is not { WrittenTo: { } written, At: { } at })
        {
            return IsOver(sight.FirstSeen) ? ReceiverKind.Standby : ReceiverKind.Undecided;
        }

        if (written < sight.EndOfWal)
        {
            return ReceiverKind.Undecided;
        }

        sight.HasAll ??= (clock.GetTimestamp(), at);
        return IsOver(sight.HasAll.Value.Seen) && at != sight.HasAll.Value.Reply ? ReceiverKind.Archiver : ReceiverKind.Undecided;
    }

    private bool IsOver(long since) => clock.GetElapsedTime(since) >= knownAfter;

    private sealed class Sight(long firstSeen, long endOfWal)
    {
        public long FirstSeen => firstSeen;

        public long EndOfWal => endOfWal;

        public bool HasReplayed { get; set; }

        /// <summary>The first look, and the reply seen then, that showed it past <see cref="EndOfWal"/>.</summary>
        public (long Seen, DateTimeOffset Reply)? HasAll { get; set; }
    }
}
