using System.Globalization;
using System.Security.Cryptography;

namespace DbChatOps.Playground.World;

/// <summary>
/// Everything a workspace knows, behind one gate. Whoever changes it passes <see cref="Change{T}"/>, and each change wakes those who wait.
/// Records inside are replaced, never altered, so that a reader may keep what it was given.
/// </summary>
public sealed class SlackWorld(TimeProvider clock, ChannelPacing? pacing)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, byte> _socketTickets = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly ChannelBuckets _buckets = new(pacing);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastTsSecond;
    private int _lastTsCount;
    private int _lastId;

    public DateTimeOffset Now => clock.GetUtcNow();

    public Dictionary<string, SlackUser> Users { get; } = Seed.Users.ToDictionary(user => user.Id, StringComparer.Ordinal);

    public Dictionary<string, SlackChannel> Channels { get; } = Seed.Channels.ToDictionary(channel => channel.Id, StringComparer.Ordinal);

    public Dictionary<string, SlackUserGroup> Groups { get; } = Seed.Groups.ToDictionary(group => group.Id, StringComparer.Ordinal);

    /// <summary>By ts, which this workspace gives out once only; so this is also the order of posting.</summary>
    public SortedDictionary<string, SlackMessage> Messages { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SlackFile> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Trigger> Triggers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ResponseUrl> ResponseUrls { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SlackView> Views { get; } = new(StringComparer.Ordinal);

    /// <summary>The ids of a person's open modals, bottom first.</summary>
    public Dictionary<string, List<string>> Stacks { get; } = new(StringComparer.Ordinal);

    /// <summary>The id of a person's Home view.</summary>
    public Dictionary<string, string> Homes { get; } = new(StringComparer.Ordinal);

    /// <summary>Completes with the next change. Take it before looking, or a change in between is missed.</summary>
    public Task NextChange()
    {
        lock (_gate) return _changed.Task;
    }

    public T Read<T>(Func<T> look)
    {
        lock (_gate) return look();
    }

    public T Change<T>(Func<T> change)
    {
        lock (_gate)
        {
            try
            {
                return change();
            }
            finally
            {
                Wake();
            }
        }
    }

    public void Change(Action change) => Change(() =>
    {
        change();
        return true;
    });

    /// <summary>Wakes those who wait for something kept elsewhere, such as the journal.</summary>
    public void Signal()
    {
        lock (_gate) Wake();
    }

    public string NextId(string prefix) => $"{prefix}{Interlocked.Increment(ref _lastId):D9}";

    public static string Unguessable() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public string NextTs()
    {
        var second = Now.ToUnixTimeSeconds();
        if (second > _lastTsSecond) (_lastTsSecond, _lastTsCount) = (second, 0);
        if (++_lastTsCount == 1_000_000) (_lastTsSecond, _lastTsCount) = (_lastTsSecond + 1, 0);
        return string.Create(CultureInfo.InvariantCulture, $"{_lastTsSecond}.{_lastTsCount:D6}");
    }

    /// <summary>For one socket.</summary>
    public string IssueSocketTicket()
    {
        var ticket = Unguessable();
        _socketTickets[ticket] = 0;
        return ticket;
    }

    /// <summary>False for one that was used, or was never issued.</summary>
    public bool TakeSocketTicket(string ticket) => _socketTickets.TryRemove(ticket, out _);

    public Trigger IssueTrigger(string userId, string? viewId)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{Now.ToUnixTimeMilliseconds()}.{Interlocked.Increment(ref _lastId)}.{Unguessable()}");
        return Triggers[id] = new Trigger { Id = id, UserId = userId, IssuedAt = Now, ViewId = viewId };
    }

    public ResponseUrl IssueResponseUrl(string userId, string channelId, string? originalTs)
    {
        var ticket = Unguessable();
        return ResponseUrls[ticket] = new ResponseUrl
        {
            Ticket = ticket, UserId = userId, ChannelId = channelId, IssuedAt = Now, OriginalTs = originalTs,
        };
    }

    public static string DirectIdOf(string userId) => "D" + userId[1..];

    /// <summary>The direct conversation between the bot and a person, made at first use.</summary>
    public SlackChannel DirectWith(string userId)
    {
        var id = DirectIdOf(userId);
        if (Channels.TryGetValue(id, out var known)) return known;
        return Channels[id] = new SlackChannel
        {
            Id = id, Name = "directmessage", Counterpart = userId, Members = [Seed.BotUserId, userId],
        };
    }

    /// <summary>Null when the channel takes one more message now, else how long to wait.</summary>
    public TimeSpan? TakeTurn(string channelId) => _buckets.TakeTurn(channelId, Now);

    private void Wake()
    {
        var woken = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        woken.TrySetResult();
    }
}
