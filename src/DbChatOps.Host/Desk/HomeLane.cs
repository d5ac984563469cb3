using System.Security.Cryptography;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Keeps people's own pages right: the one that was opened, and after a change those that were opened lately. What is drawn from may be a minute old, because
/// every button is judged again at the click; who looks is asked before anything new is shown to them.
/// </summary>
public sealed class HomeLane(IHomeBook book, AccessLookup lookup, Identification identification, IChatPlatform chat, Func<Rules> rules, TimeProvider clock, ILogger<HomeLane> log) : ILaneWorker
{
    /// <summary>Whoever looks away for longer opens it again.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(8);

    /// <summary>Slack lets a hundred pages be published in a minute.</summary>
    private const int MostKept = 50;

    private static readonly TimeSpan GroupsAreGoodFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    /// <summary>Two slow calls of the platform must fit before the claim ends.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(25);

    /// <summary>What happens meanwhile is one redraw.</summary>
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(1);

    private KnownGroups? _groups;
    private DateTimeOffset _lastShown;

    public string LanePrefix => Lanes.Homes;

    /// <summary>What was asked before no longer counts, and pages may look otherwise now.</summary>
    public Task GroupsChangedAsync(CancellationToken ct)
    {
        _groups = null;
        return book.RedrawAsync(clock.GetUtcNow(), ct);
    }

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        var results = new List<RowResult>();
        foreach (var row in claim.Rows)
        {
            results.Add(await WorkAsync(row, claim.Until - Reserve, ct));
        }

        return results;
    }

    private async Task<RowResult> WorkAsync(ClaimedRow row, DateTimeOffset until, CancellationToken ct)
    {
        try
        {
            if (row.Row.Item is AgendaItem.Show show)
            {
                if (show.Card == HomeKeys.All && _lastShown + BetweenRounds is var next && clock.GetUtcNow() < next)
                {
                    return new RowResult(row, next);
                }

                foreach (var home in await MeantAsync(show.Card, ct))
                {
                    if (clock.GetUtcNow() > until)
                    {
                        return new RowResult(row, clock.GetUtcNow());
                    }

                    await KeepAsync(home, ct);
                }
            }

            return new RowResult(row, null);
        }
        catch (ChatUnavailableException fault)
        {
            return new RowResult(row, clock.GetUtcNow() + (fault.RetryAfter ?? Backoff.After(row.Attempts, LongestPause)));
        }
    }

    private async Task<IReadOnlyList<OpenHome>> MeantAsync(string key, CancellationToken ct) =>
        HomeKeys.ViewerOf(key) is { } viewer ? await book.FindAsync(viewer, ct) is { } one ? [one] : []
            : key == HomeKeys.All ? await book.LastOpenedAsync(clock.GetUtcNow() - KeptFor, MostKept, ct)
            : [];

    /// <summary>Draws it and shows it when it differs from what is shown.</summary>
    private async Task KeepAsync(OpenHome open, CancellationToken ct)
    {
        var home = AccessHome.Of(await lookup.HomeOfAsync(Assumed(open.Person), await GroupsAsync(ct), ct));
        var digest = Convert.ToHexStringLower(SHA256.HashData(LedgerJson.Write(home)));
        if (digest == open.ShownDigest)
        {
            return;
        }

        var known = await identification.OfAsync(open.Person, ct);
        if (known.Refused is { Code: Identification.DirectoryUnavailable } silent)
        {
            throw new ChatUnavailableException(silent.Message);
        }

        try
        {
            await chat.PublishHomeAsync(open.Person, known.Refused is { } refusal ? AccessHome.Refused(refusal) : home, ct);
        }
        catch (ChatRefusedException fault)
        {
            log.HomeRefused(open.Person, fault.Code);
            await book.ForgetAsync(open.Person, ct);
            return;
        }

        _lastShown = clock.GetUtcNow();
        await (known.Refused is null ? book.ShownAsync(open with { ShownDigest = digest }, ct) : book.ForgetAsync(open.Person, ct));
    }

    /// <summary>Only to find out whether there is something new to show.</summary>
    private Principal Assumed(PersonId person) =>
        new() { Id = person, Name = person.User, Kind = PrincipalKind.Member, Human = rules().Policies.People.Of(person).Key };

    private async Task<Membership> GroupsAsync(CancellationToken ct)
    {
        var policies = rules().Policies;
        if (_groups is { } known && ReferenceEquals(known.Policies, policies) && clock.GetUtcNow() - known.At < GroupsAreGoodFor)
        {
            return known.Membership;
        }

        if (!(await lookup.EveryGroupAsync(ct)).TryGet(out var membership, out var refusal))
        {
            throw new ChatUnavailableException(refusal.Message);
        }

        _groups = new KnownGroups(policies, membership, clock.GetUtcNow());
        return membership;
    }

    private sealed record KnownGroups(PolicyBook Policies, Membership Membership, DateTimeOffset At);
}
