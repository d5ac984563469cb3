using System.Collections.Immutable;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Desk;

/// <summary>From typed names to things: whole names only, never a prefix, and the same answer for what is hidden and what is absent.</summary>
public sealed class AccessLookup(ILedger ledger, FactGathering facts, Func<Rules> rules)
{
    public Task<Result<Membership>> EveryGroupAsync(CancellationToken ct) =>
        facts.MembershipAsync(rules(), rules().Policies.Groups.Select(group => group.Name).ToHashSet(StringComparer.Ordinal), ct);

    /// <summary>Targets that some policy lets this person ask for.</summary>
    public IReadOnlyList<Target> Visible(Principal actor, Membership membership) =>
        [.. rules().Targets.Targets.Where(target => rules().Policies.Offers(actor.Id, target, membership).Any()).OrderBy(target => target.Id.Value, StringComparer.Ordinal)];

    public async Task<Result<Target>> TargetAsync(string typed, Principal actor, CancellationToken ct) =>
        (await EveryGroupAsync(ct)).TryGet(out var membership, out var refusal) ? TargetBook.Find(typed, Visible(actor, membership)) : refusal;

    /// <summary>What the person may do here, found out as their commands would; everything while the directory is silent.</summary>
    public async Task<Abilities> AbilitiesAsync(Principal actor, CancellationToken ct)
    {
        if (!(await EveryGroupAsync(ct)).TryGet(out var membership, out _))
        {
            return Abilities.Unknown;
        }

        var known = (await facts.GatherAsync(actor, FactNeeds.None, ct)).OrThrow() with { Membership = membership };
        var grants = await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant", Open = true }, ct);
        var requests = await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Open = true }, ct);
        var review = known.Policies.Policies.Any(policy => !policy.AutoApprove && membership.ContainsAny(policy.Rule.DecidingGroups, actor.Id));
        var cutOff = membership.ContainsAny(known.SecurityGroups, actor.Id);
        return new Abilities
        {
            Ask = Visible(actor, membership).Count > 0,
            Own = grants.Any(stored => IsOf(stored.State.Holder, actor)) || requests.Any(stored => IsOf(stored.State.Requester, actor)),
            Review = review,
            EndOthers = review || cutOff || grants.Any(stored => !IsOf(stored.State.Holder, actor) && RevokeGrant.MayRevoke(stored.State, known)),
            CutOff = cutOff,
        };
    }

    /// <summary>Open requests that this person could decide now.</summary>
    public async Task<Result<ImmutableList<AccessRequest>>> WaitingForAsync(Principal actor, CancellationToken ct)
    {
        if (!(await EveryGroupAsync(ct)).TryGet(out var membership, out var refusal))
        {
            return refusal;
        }

        var known = (await facts.GatherAsync(actor, FactNeeds.None, ct)).OrThrow() with { Membership = membership };
        var open = await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Open = true }, ct);
        return open.Select(stored => stored.State).Where(request => WaitsFor(request, actor, known)).ToImmutableList();
    }

    /// <summary>What somebody's own page shows, with groups that were asked before.</summary>
    public async Task<HomeSight> HomeOfAsync(Principal viewer, Membership membership, CancellationToken ct)
    {
        var known = (await facts.GatherAsync(viewer, FactNeeds.None, ct)).OrThrow() with { Membership = membership };
        var held = await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant", Open = true, People = AccountsOf(viewer) }, ct);
        var open = (await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Open = true }, ct)).Select(stored => stored.State).ToList();
        return new HomeSight
        {
            Held = [.. held.Select(stored => stored.State)],
            Waiting = [.. open.Where(request => WaitsFor(request, viewer, known))],
            Asked = [.. open.Where(request => request.State == RequestState.Pending && IsOf(request.Requester, viewer))],
            Offers = Offers(viewer, membership),
            Policies = known.Policies,
        };
    }

    /// <summary>What the person may ask for, and at which levels.</summary>
    public IReadOnlyList<(Target Target, IReadOnlyList<(AccessLevel Level, AccessPolicy Policy)> Offers)> Offers(Principal actor, Membership membership) =>
    [
        .. Visible(actor, membership).Select(target => (target, (IReadOnlyList<(AccessLevel, AccessPolicy)>)[.. rules().Policies.Offers(actor.Id, target, membership)])),
    ];

    /// <summary>Those of them whose name or one of whose tags holds the word; all of them without one.</summary>
    public IEnumerable<(Target Target, IReadOnlyList<(AccessLevel Level, AccessPolicy Policy)> Offers)> Offers(Principal actor, Membership membership, string? word) =>
        Offers(actor, membership).Where(offer => word is null
            || offer.Target.Tags.Prepend(offer.Target.Id.Value).Any(name => name.Contains(word, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Open grants that this person may end.</summary>
    public async Task<Result<ImmutableList<Grant>>> RevocableAsync(Principal actor, CancellationToken ct)
    {
        if (!(await facts.GatherAsync(actor, new FactNeeds { SecurityGroups = true }, ct)).TryGet(out var known, out var refusal))
        {
            return refusal;
        }

        var open = await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant", Open = true }, ct);
        return open.Select(stored => stored.State).Where(grant => RevokeGrant.MayRevoke(grant, known)).ToImmutableList();
    }

    /// <summary>Access on this server that should be over and may still be used; nothing new is granted there meanwhile.</summary>
    public async Task<IReadOnlyList<Grant>> OwedAsync(ServerId server, CancellationToken ct) =>
        [.. (await ledger.FindAsync<Grant>(OpenGrant.Owed(server) with { Limit = 1 }, ct)).Select(stored => stored.State)];

    public async Task<Result<AccessRequest>> RequestAsync(string typed, CancellationToken ct)
    {
        var found = await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Handle = Handle(typed, "r-"), Limit = 1 }, ct);
        return found.Count > 0
            ? found[0].State
            : new Refusal("unknown_request", $"There is no request '{PlainText.Clean(typed, 40)}'. `/db requests` lists them.");
    }

    public async Task<Result<AccessRequest>> OnlyRequestOfAsync(Principal actor, CancellationToken ct)
    {
        var mine = await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Open = true, People = AccountsOf(actor) }, ct);
        return mine.Count switch
        {
            0 => new Refusal("unknown_request", "No request of yours is waiting."),
            1 => mine[0].State,
            _ => new Refusal("which_request", $"Which one? {string.Join(", ", mine.Select(stored => $"{stored.State.Id.Handle} ({stored.State.Target})"))}"),
        };
    }

    public async Task<Result<Grant>> GrantAsync(string typed, CancellationToken ct)
    {
        var found = await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant", Handle = Handle(typed, "g-"), Limit = 1 }, ct);
        return found.Count > 0 ? found[0].State : GrantRules.Unknown;
    }

    public async Task<Result<Grant>> GrantByLoginAsync(string typed, CancellationToken ct)
    {
        var login = typed.Trim().Trim('`', '"').ToLowerInvariant();
        var found = await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant", Login = login, Limit = 1 }, ct);
        return found.Count > 0
            ? found[0].State
            : new Refusal("unknown_login", $"'{PlainText.Clean(typed, 63)}' is not a login that this bot ever made.");
    }

    /// <summary>The named grant, or the only one that the person holds.</summary>
    public async Task<Result<Grant>> GrantOfAsync(string? typed, Principal actor, CancellationToken ct)
    {
        if (typed is not null)
        {
            return await GrantAsync(typed, ct);
        }

        var mine = await HeldAsync(actor, ct);
        return mine.Count switch
        {
            0 => new Refusal("unknown_grant", "You have no access now."),
            1 => mine[0],
            _ => new Refusal("which_grant", $"Which one? {string.Join(", ", mine.Select(grant => $"{grant.Id.Handle} ({grant.Target})"))}"),
        };
    }

    /// <summary>What the person holds and what is not ending.</summary>
    public async Task<IReadOnlyList<Grant>> HeldAsync(Principal actor, CancellationToken ct) =>
    [
        .. (await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant", Open = true, People = AccountsOf(actor) }, ct))
            .Select(stored => stored.State)
            .Where(grant => grant.State is not GrantState.Revoking),
    ];

    /// <summary>All accounts of the human behind this one, as the configuration links them now.</summary>
    public IReadOnlyList<string> AccountsOf(Principal actor) => [.. rules().Policies.People.Of(actor.Id).Identities.Select(account => account.ToString())];

    private bool IsOf(Principal one, Principal other) => rules().Policies.People.AreSame(one.Id, other.Id);

    private static bool WaitsFor(AccessRequest request, Principal actor, Facts facts) =>
        ReviewRequest.Effective(request, facts).TryGet(out var effective, out _)
        && Tally.RefuseReview(effective.Rules, ReviewRequest.BallotOf(request), actor, true, facts.Membership, facts.Now) is null;

    private static string Handle(string typed, string prefix)
    {
        var name = typed.Trim().Trim('`').ToLowerInvariant();
        return name.StartsWith(prefix, StringComparison.Ordinal) ? name : prefix + name;
    }
}
