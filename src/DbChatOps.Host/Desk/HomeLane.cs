using System.Collections.Concurrent;
using System.Security.Cryptography;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Keeps people's own pages right: the one that was opened, and after a change those that were opened lately. What is drawn from may be some minutes old,
/// because every button is judged again at the click, and because presses need the directory more. Stands with the desks, since it sees what one person may.
/// </summary>
public sealed class HomeLane(
    IHomeBook book, AccessLookup lookup, Identification identification, IChatPlatform chat, Func<Rules> rules, TimeProvider clock, ILogger<HomeLane> log) : ILaneWorker
{
    /// <summary>Whoever looks away for longer opens it again.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(8);

    private const int MostKept = 50;

    /// <summary>So many in a row, and chat is down rather than one page difficult.</summary>
    private const int TriesInARow = 3;

    /// <summary>What happens meanwhile is one round.</summary>
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan GroupsAreGoodFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PeopleAreGoodFor = TimeSpan.FromMinutes(5);

    /// <summary>News and openings make it ask earlier, but not more often than this.</summary>
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    /// <summary>Two slow calls of the platform must fit before the claim ends.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(25);

    private readonly ConcurrentDictionary<PersonId, Answer<Result<Principal>>> _people = [];
    private Answer<Membership>? _groups;
    private DateTimeOffset _lastRound;
    private int _changes;

    public string LanePrefix => Lanes.Homes;

    /// <summary>Members of a user group changed: pages may look otherwise as soon as the groups may be asked again. Groups that no rule names are nobody's business.</summary>
    public async Task GroupChangedAsync(string? group, CancellationToken ct)
    {
        if (rules().Policies.Groups.All(known => known.ChatGroup is null || known.ChatGroup != group))
        {
            return;
        }

        Interlocked.Increment(ref _changes);
        var now = clock.GetUtcNow();
        var due = _groups is { } known && known.At + BetweenQuestions > now ? known.At + BetweenQuestions : now;
        await book.RedrawAsync(due, ct);
    }

    /// <summary>Somebody's account changed: their page, if it is kept, is drawn for what they are now.</summary>
    public async Task AccountChangedAsync(PersonId person, CancellationToken ct)
    {
        if (_people.TryRemove(person, out _) && await book.FindAsync(person, ct) is not null)
        {
            await book.RedrawAsync(person, clock.GetUtcNow(), ct);
        }
    }

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        var results = new List<RowResult>();
        foreach (var row in claim.Rows)
        {
            results.Add(new RowResult(row, row.Row.Item is AgendaItem.Show show ? await DrawAsync(show.Card, row.Attempts, claim.Until - Reserve, ct) : null));
        }

        return results;
    }

    /// <summary>When to come again; null when nothing is left to do.</summary>
    private async Task<DateTimeOffset?> DrawAsync(string key, int attempts, DateTimeOffset until, CancellationToken ct)
    {
        var isOpened = HomeKeys.ViewerOf(key) is not null;
        if (!isOpened && _lastRound + BetweenRounds is var next && clock.GetUtcNow() < next)
        {
            return next;
        }

        DateTimeOffset? again = null;
        var unanswered = 0;
        var homes = await MeantAsync(key, ct);
        foreach (var home in homes)
        {
            if (clock.GetUtcNow() > until || unanswered == TriesInARow)
            {
                again ??= clock.GetUtcNow();
                break;
            }

            try
            {
                await KeepAsync(home, isOpened ? BetweenQuestions : PeopleAreGoodFor, ct);
                unanswered = 0;
            }
            catch (ChatUnavailableException fault)
            {
                unanswered++;
                again = clock.GetUtcNow() + (fault.RetryAfter ?? Backoff.After(attempts, LongestPause));
            }
        }

        if (!isOpened && homes.Count > 0)
        {
            _lastRound = clock.GetUtcNow();
        }

        return again;
    }

    private async Task<IReadOnlyList<OpenHome>> MeantAsync(string key, CancellationToken ct) =>
        HomeKeys.ViewerOf(key) is { } viewer ? await book.FindAsync(viewer, ct) is { } one ? [one] : []
            : key == HomeKeys.All ? await book.LastOpenedAsync(clock.GetUtcNow() - KeptFor, MostKept, ct)
            : [];

    /// <summary>Draws it for whoever they are now, and shows it when it differs from what is shown.</summary>
    private async Task KeepAsync(OpenHome open, TimeSpan goodFor, CancellationToken ct)
    {
        var home = (await PersonAsync(open.Person, goodFor, ct)).TryGet(out var viewer, out var refusal)
            ? AccessHome.Of(await lookup.HomeOfAsync(viewer, await GroupsAsync(ct), ct))
            : AccessHome.Refused(refusal);
        var digest = Convert.ToHexStringLower(SHA256.HashData(LedgerJson.Write(home)));
        if (digest == open.ShownDigest)
        {
            return;
        }

        try
        {
            await chat.PublishHomeAsync(open.Person, home, ct);
            await book.ShownAsync(open with { ShownDigest = digest }, ct);
        }
        catch (ChatRefusedException fault)
        {
            log.HomeRefused(open.Person, fault.Code);
            await book.ForgetAsync(open.Person, ct);
        }
    }

    /// <summary>The person, or why they may take no part. Silence of the directory is neither.</summary>
    private async Task<Result<Principal>> PersonAsync(PersonId person, TimeSpan goodFor, CancellationToken ct)
    {
        if (_people.TryGetValue(person, out var known) && clock.GetUtcNow() - known.At < goodFor)
        {
            return known.Value;
        }

        var now = await identification.OfAsync(person, ct);
        if (now.Refused is { Code: Membership.DirectoryUnavailable } silence)
        {
            throw new ChatUnavailableException(silence.Message);
        }

        foreach (var old in _people.Where(pair => clock.GetUtcNow() - pair.Value.At > KeptFor).Select(pair => pair.Key))
        {
            _people.TryRemove(old, out _);
        }

        _people[person] = new Answer<Result<Principal>>(now, clock.GetUtcNow(), 0);
        return now;
    }

    private async Task<Membership> GroupsAsync(CancellationToken ct)
    {
        var (policies, changes, now) = (rules().Policies, Volatile.Read(ref _changes), clock.GetUtcNow());
        if (_groups is { } known && ReferenceEquals(known.Of, policies)
            && now - known.At < (known.Changes == changes ? GroupsAreGoodFor : BetweenQuestions))
        {
            return known.Value;
        }

        if (!(await lookup.EveryGroupAsync(ct)).TryGet(out var membership, out var refusal))
        {
            throw new ChatUnavailableException(refusal.Message);
        }

        // Counted before asking: news that came meanwhile makes the answer old at once.
        _groups = new Answer<Membership>(membership, now, changes) { Of = policies };
        return membership;
    }

    private sealed record Answer<T>(T Value, DateTimeOffset At, int Changes)
    {
        /// <summary>The rules that the question came from.</summary>
        public PolicyBook? Of { get; init; }
    }
}
