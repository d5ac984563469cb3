using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// Asks for a level on a target for a while. The policy answers; what it allows without approval is approved in the same decision.
/// Refuses <c>unknown_target</c>, <c>reason_missing</c>, <c>not_checked</c>, <c>check_failed</c>, <c>store_restored</c>, <c>pending_limit</c> and everything a policy refuses with.
/// </summary>
public sealed record AskAccess(RequestId Request, TargetId Target, AccessLevel Level, TimeSpan? Window, string Reason) : Command
{
    /// <summary>One person may have this many unanswered requests; more would be a way to tire approvers.</summary>
    public const int PendingPerPerson = 3;

    public override Subject Subject => Subject.Of(Request);

    public static Result<Decision<AccessRequest>> Decide(AccessRequest? request, AskAccess command, Facts facts)
    {
        if (request is not null)
        {
            return Decision<AccessRequest>.Unchanged(request);
        }

        if (!Prepare(command, facts).TryGet(out var asked, out var refusal))
        {
            return refusal;
        }

        var isAutomatic = asked.Policy.Policy.AutoApprove;
        var decision = isAutomatic
            ? Decision<AccessRequest>.Of(null, asked, new RequestApproved
            {
                Request = command.Request,
                Grant = new GrantId(command.Request.Value),
                Automatic = true,
                By = PersonId.Bot,
                At = facts.Now,
            })
            : Decision<AccessRequest>.Of(null, asked);
        return decision with { Guards = [PendingLimit(facts)] };
    }

    /// <summary>What would be asked, without asking it: the dry run shows exactly this.</summary>
    public static Result<RequestAsked> Prepare(AskAccess command, Facts facts) =>
        PrepareMore(command, facts).TryGet(out var asked, out var refusal)
            ? facts.Server?.RefuseNewAccess(asked.Target, asked.Level, asked.StandingRole) is { } failed ? failed : asked
            : refusal;

    /// <summary>The same for access that runs already: a server that cannot be looked at just now does not end it.</summary>
    internal static Result<RequestAsked> PrepareMore(AskAccess command, Facts facts)
    {
        if (facts.Targets.Target(command.Target) is not { } target)
        {
            return new Refusal("unknown_target", $"There is no target '{command.Target}' that you may ask for. `/db targets` lists yours.");
        }

        var reason = Reasons.Clean(command.Reason);
        if (reason.Length == 0)
        {
            return new Refusal("reason_missing", $"Say why, so that approvers can decide: `/db access {target.Id} {command.Level.ToWord()} 30m <reason>`.") { Field = "reason" };
        }

        var ticket = Tickets.In(reason);
        var verdict = facts.Policies.Judge(Question(facts, target, command.Level, command.Window, ticket is not null));
        if (verdict is PolicyVerdict.Deny denied)
        {
            return denied.Refusal;
        }

        var (pinned, window) = verdict switch
        {
            PolicyVerdict.Allow allowed => (allowed.Pinned, allowed.Window),
            PolicyVerdict.NeedApproval need => (need.Pinned, need.Window),
            _ => throw new InvalidOperationException($"Unknown verdict {verdict.GetType().Name}."),
        };
        if (pinned.Policy.LeastReason(target.Environment) is var least && Reasons.Weight(reason) < least)
        {
            return new Refusal("reason_too_short", $"Say a little more about why, so that approvers can decide: policy {pinned.Policy.Name} asks for a reason of at least {least} letters or digits; a ticket counts.") { Field = "reason" };
        }

        if (facts.Server is not { } server || !server.Pin.Databases.TryGetValue(target.Database, out var databaseOid))
        {
            return new Refusal("not_checked", $"'{target.Server}' has not been reached yet, so nothing is granted on it. The bot goes on trying; if it stays so, tell an operator: `dbchatops check --server {target.Server}`.");
        }

        if (server.RefuseAccess(target.Id, command.Level) is { } failed)
        {
            return failed;
        }

        var standingRole = target.Levels[command.Level].StandingRole;
        return new RequestAsked
        {
            Request = command.Request,
            Kind = RequestKind.Access,
            Requester = facts.Actor,
            Target = target.Id,
            Server = target.Server,
            Environment = target.Environment,
            Database = target.Database,
            Level = command.Level,
            StandingRole = standingRole,
            Window = window,
            Reason = reason,
            Ticket = ticket,
            Policy = pinned,
            Digest = ApprovalDigest.Of(new AskedAccess
            {
                Requester = facts.Actor.Id,
                Server = target.Server,
                Target = target.Id,
                SystemIdentifier = server.Pin.SystemIdentifier,
                DatabaseOid = databaseOid,
                StandingRole = standingRole,
                Level = command.Level,
                Window = window,
                PolicyHash = pinned.Hash,
                Reason = reason,
            }).Hex,
            Channel = pinned.Policy.Rule.Channel ?? facts.ApprovalChannel,
            LapsesAt = facts.Now + pinned.Policy.Rule.PendingFor,
            By = facts.Actor.Id,
            At = facts.Now,
        };
    }

    internal static AccessQuestion Question(Facts facts, Target target, AccessLevel level, TimeSpan? window, bool hasTicket) => new()
    {
        Requester = facts.Actor,
        Membership = facts.Membership,
        Target = target,
        Level = level,
        Window = window,
        HasTicket = hasTicket,
        LastDeniedAt = facts.History.Where(earlier => earlier.State == RequestState.Denied).Max(earlier => earlier.DecidedAt),
        Now = facts.Now,
    };

    /// <summary>Counts a human, by whichever of their accounts they ask.</summary>
    internal static Guard PendingLimit(Facts facts) => new(
        "pending_per_person",
        new SnapshotQuery { Kind = "request", Open = true, People = [.. facts.Policies.People.Of(facts.Actor.Id).Identities.Select(account => account.ToString())] },
        PendingPerPerson - 1,
        new Refusal("pending_limit", $"You already have {PendingPerPerson} requests waiting. Take one back (`/db withdraw`) or wait for an answer."));
}
