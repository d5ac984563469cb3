using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>Fetches what a verb asks for, and nothing else; group members are asked of the directory at every decision, uncached.</summary>
public sealed class FactGathering(ILedger ledger, IDirectory directory, Func<Rules> rules, TimeProvider clock)
{
    private static readonly TimeSpan DirectoryPatience = TimeSpan.FromSeconds(2);

    private readonly EarlierRequests _earlier = new(ledger, rules);

    public DateTimeOffset Now => clock.GetUtcNow();

    public Task<Result<Facts>> GatherAsync(Principal actor, FactNeeds needs, CancellationToken ct) => GatherAsync(actor, needs, null, ct);

    /// <summary><paramref name="asked"/> are groups that were asked a moment ago, where one act of a person is many decisions; null asks now.</summary>
    public async Task<Result<Facts>> GatherAsync(Principal actor, FactNeeds needs, Membership? asked, CancellationToken ct)
    {
        var known = rules();
        var grant = needs.Grant is { } id ? (await ledger.LoadAsync<Grant>(id.ToString(), ct))?.State : null;
        if (needs.ForGrantsTarget && grant is not null)
        {
            needs = needs with { PoliciesOf = grant.Target, ServerOf = grant.Target, HistoryFor = grant.Target };
        }

        var spent = needs.Spends is { } approved ? (await ledger.LoadAsync<AccessRequest>(approved.ToString(), ct))?.State : null;
        Refusal? refusal = null;
        var membership = asked;
        if (membership is null && !(await MembershipAsync(known, actor, needs, spent?.Policy, ct)).TryGet(out membership, out refusal))
        {
            return refusal;
        }

        if (!(await PersonAsync(needs.Person, ct)).TryGet(out var person, out refusal))
        {
            return refusal;
        }

        var target = needs.ServerOf is { } of ? known.Targets.Target(of) : null;
        return new Facts
        {
            Now = clock.GetUtcNow(),
            Actor = actor,
            Policies = known.Policies,
            Targets = known.Targets,
            Membership = membership,
            Grant = grant,
            Request = spent,
            Person = person.Now,
            Server = target is null ? null : (await ledger.LoadAsync<ServerRecord>(target.Server.Value, ct))?.State,
            History = needs.HistoryFor is { } about ? await _earlier.DeniedOrUnderWayAsync(actor.Id, about, ct) : [],
            Returned = needs.ReturnsTo is { } requester ? (await _earlier.ReturnedAsync(actor.Id, requester, clock.GetUtcNow(), ct))?.Id : null,
            ApprovalChannel = known.ApprovalChannel,
            SecurityGroups = known.SecurityGroups,
            StrippedStopsGrantsFor = known.StrippedStopsGrantsFor,
        };
    }

    /// <summary>Somebody whom the directory no longer knows counts as deactivated; a directory that does not answer is a refusal.</summary>
    private async Task<Result<Known>> PersonAsync(Principal? person, CancellationToken ct)
    {
        if (person is null)
        {
            return new Known(null);
        }

        try
        {
            return new Known(await directory.FindPersonAsync(person.Id, ct) ?? person with { Kind = PrincipalKind.Deactivated });
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            return new Refusal(Membership.DirectoryUnavailable, "I could not find out about the requester's account just now. Nothing was done; please press again in a moment.");
        }
    }

    // The bot and the host's operator need no group: taking access away must work while chat is down.
    private async Task<Result<Membership>> MembershipAsync(Rules known, Principal actor, FactNeeds needs, PinnedPolicy? spent, CancellationToken ct)
    {
        var names = new HashSet<string>(needs.SecurityGroups && actor.Kind != PrincipalKind.System ? known.SecurityGroups : [], StringComparer.Ordinal);
        if (needs.PoliciesOf is { } about && known.Targets.Target(about) is { } target)
        {
            foreach (var level in target.Levels.Keys)
            {
                names.UnionWith(known.Policies.GroupsFor(target, level));
            }
        }

        if (needs.Pinned is { } pinned)
        {
            names.UnionWith(known.Policies.GroupsFor(pinned));
        }

        if (spent is not null)
        {
            names.UnionWith(known.Policies.GroupsFor(spent));
        }

        return await MembershipAsync(known, names, ct);
    }

    /// <summary>Members of these groups now. A directory that does not answer is a refusal, never an empty group.</summary>
    public async Task<Result<Membership>> MembershipAsync(Rules known, IReadOnlySet<string> names, CancellationToken ct)
    {
        var answers = new Dictionary<string, IReadOnlySet<PersonId>>(StringComparer.Ordinal);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(DirectoryPatience);
        foreach (var group in known.Policies.ChatGroupsOf(names))
        {
            try
            {
                answers[group] = await directory.MembersAsync(group, patience.Token);
            }
            catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // A missing answer is left out; resolving then refuses with "press again".
            }
        }

        return known.Policies.Resolve(names, answers);
    }

    private readonly record struct Known(Principal? Now);
}
