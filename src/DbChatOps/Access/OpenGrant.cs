using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// Spends an approved request: names the login and owes it to the ledger before it exists. The grant's id was fixed by the approval,
/// so a second spending finds the grant and changes nothing. After the claim clock nothing is opened: an old approval does not
/// come alive after an outage, and one whose policy, people or server have changed is not spent. Refuses <c>too_late</c>, <c>target_changed</c>,
/// <c>not_checked</c>, <c>check_failed</c>, <c>store_restored</c>, <c>cap_reached</c>, <c>server_owes_endings</c>, and what <see cref="Spending"/> refuses with.
/// </summary>
public sealed record OpenGrant : Command
{
    public required GrantId Grant { get; init; }

    public required RequestId Request { get; init; }

    public required Principal Holder { get; init; }

    public required TargetId Target { get; init; }

    public required ServerId Server { get; init; }

    public required string Database { get; init; }

    public required string StandingRole { get; init; }

    public required AccessLevel Level { get; init; }

    public required TimeSpan Window { get; init; }

    public required DateTimeOffset ClaimBy { get; init; }

    public required string Reason { get; init; }

    public required string Channel { get; init; }

    public required IReadOnlyList<Principal> Approvers { get; init; }

    public override Subject Subject => Subject.Of(Grant);

    private static Refusal TooLate { get; } = new("too_late", "The approval is too old: the time to claim it is over. Ask again.");

    public static OpenGrant For(AccessRequest request) => new()
    {
        Grant = request.Grant!.Value,
        Request = request.Id,
        Holder = request.Requester,
        Target = request.Target,
        Server = request.Server,
        Database = request.Database,
        StandingRole = request.StandingRole,
        Level = request.Level,
        Window = request.Window,
        ClaimBy = request.DecidedAt!.Value + request.Policy.Policy.Rule.ClaimWithin,
        Reason = request.Reason,
        Channel = request.Channel,
        Approvers = [.. request.Reviews.Where(review => review.Verdict == Verdict.Approve).Select(review => review.Reviewer)],
    };

    /// <summary>Finds what keeps a server from new grants: access past its end by a minute that may still be used.</summary>
    public static SnapshotQuery Owed(ServerId server) => new() { Kind = "grant", Open = true, Server = server.Value, Exposed = true };

    public static Result<Decision<Grant>> Decide(Grant? grant, OpenGrant command, Facts facts)
    {
        if (grant is not null)
        {
            return Decision<Grant>.Unchanged(grant);
        }

        if (command.ClaimBy <= facts.Now)
        {
            return TooLate;
        }

        if (facts.Targets.Target(command.Target) is not { } target
            || facts.Targets.Server(command.Server) is not { } server
            || target.Server != command.Server
            || target.Database != command.Database
            || !target.Levels.TryGetValue(command.Level, out var level)
            || level.StandingRole != command.StandingRole)
        {
            return new Refusal("target_changed", $"Target '{command.Target}' is no longer configured as it was when this was approved. Ask again.");
        }

        if (!Spending.Judge(facts).TryGet(out var effective, out var refusal))
        {
            return refusal;
        }

        var claimBy = ClaimWithin(command, effective, facts.Request);
        if (claimBy <= facts.Now)
        {
            return TooLate;
        }

        if (facts.Server is not { } record)
        {
            return new Refusal("not_checked", $"'{server.Id}' has not been reached yet, so nothing is granted on it. The bot goes on trying; if it stays so, tell an operator: `dbchatops check --server {server.Id}`.");
        }

        return record.RefuseNewAccess(target.Id, command.Level, command.StandingRole) is { } failed
            ? failed
            : Decision<Grant>.Of(grant, Opened(command, target, claimBy, effective.Extension.Allowed, facts)) with { Guards = [Cap(server), NothingOwed(server), NotTakenBack(command)] };
    }

    /// <summary>A claim time that was shortened since counts, a longer one does not.</summary>
    private static DateTimeOffset ClaimWithin(OpenGrant command, EffectivePolicy effective, AccessRequest? request) =>
        request?.DecidedAt + effective.ClaimWithin is { } now && now < command.ClaimBy ? now : command.ClaimBy;

    private static GrantOpened Opened(OpenGrant command, Target target, DateTimeOffset claimBy, bool mayBeExtended, Facts facts) => new()
    {
        Grant = command.Grant,
        Request = command.Request,
        Holder = command.Holder,
        Target = target.Id,
        Server = target.Server,
        Environment = target.Environment,
        Database = target.Database,
        Level = command.Level,
        StandingRole = command.StandingRole,
        Login = LoginName.For(command.Holder.Name, command.Grant),
        Window = command.Window,
        ClaimBy = claimBy,
        MayBeExtended = mayBeExtended,
        Reason = command.Reason,
        Channel = command.Channel,
        Approvers = command.Approvers,
        By = facts.Actor.Id,
        At = facts.Now,
    };

    private static Guard Cap(Server server) => new(
        "cap_per_server",
        new SnapshotQuery { Kind = "grant", Open = true, Server = server.Id.Value },
        server.MaximumLiveGrants - 1,
        new Refusal("cap_reached", $"'{server.Id}' already has {server.MaximumLiveGrants} live grants, the most it is configured for."));

    private static Guard NotTakenBack(OpenGrant command) => new(
        "approval_not_taken_back",
        new SnapshotQuery { Kind = "request", Handle = command.Request.Handle, States = [nameof(RequestState.Voided)] },
        0,
        new Refusal("approval_void", "The approval no longer stands."));

    private static Guard NothingOwed(Server server) => new(
        "nothing_exposed_overdue",
        Owed(server.Id),
        0,
        new Refusal("server_owes_endings", $"'{server.Id}' still has access that should have ended. Nothing new is granted there until it is gone; people have been paged."));
}
