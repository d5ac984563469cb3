using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Desk;

/// <summary>A submitted dialog: reads the answers, decides, and puts what is wrong under the field that it is about.</summary>
public sealed class SubmissionDesk(ILedger ledger, Decider decider, RevokeDesk revocation, AskDesk asking, PickDesk picks, Func<Rules> rules, TimeProvider clock)
{
    public async Task<Acknowledgement> SubmitAsync(Delivery submission, Principal actor, CancellationToken ct) => submission.Action switch
    {
        AccessDialogs.ApproveAction => await ReviewAsync(submission, Verdict.Approve, actor, ct),
        AccessDialogs.DenyAction => await ReviewAsync(submission, Verdict.Deny, actor, ct),
        AccessDialogs.ExtendAction => await ExtendAsync(submission, actor, ct),
        AccessDialogs.AgainAction => await AgainAsync(submission, actor, ct),
        AccessDialogs.AskAction => (await asking.SubmitAsync(submission, actor, ct)).TryGet(out var card, out var refusal) ? Done(card) : Refuse(submission, refusal),
        AccessDialogs.RevokeAction => await RevokeAsync(submission, actor, ct),
        AccessDialogs.CutOffAction => await CutOffAsync(submission, actor, ct),
        var action when PickDialogs.CommandOf(action) is { } command => (await picks.ChooseAsync(command, submission, actor, ct)).TryGet(out var next, out var refusal)
            ? new Acknowledgement.ShowDialog(next)
            : Refuse(submission, refusal),
        _ => new Acknowledgement.ShowDialog(AccessDialogs.Refused("Not done", AccessDialogs.Unknown)),
    };

    private static Acknowledgement.ShowDialog Done(Card card) => new(AccessDialogs.Answer(card));

    private static string? Answer(Delivery submission, string name) =>
        submission.Answers.TryGetValue(name, out var answer) && answer.Length > 0 ? answer : null;

    private static Acknowledgement Refuse(Delivery submission, Refusal refusal) => refusal.Field is { } field && submission.Answers.ContainsKey(field)
        ? new Acknowledgement.FieldErrors(new Dictionary<string, string>(StringComparer.Ordinal) { [field] = refusal.Message.Replace("`", "", StringComparison.Ordinal) })
        : new Acknowledgement.ShowDialog(AccessDialogs.Refused("Not done", refusal));

    private async Task<Acknowledgement> ReviewAsync(Delivery submission, Verdict verdict, Principal actor, CancellationToken ct)
    {
        if (AccessDialogs.Unbind(submission.Value) is not var (request, digest))
        {
            return Refuse(submission, AccessDialogs.Unknown);
        }

        var command = new ReviewRequest(request, verdict, digest, Answer(submission, "target"), Answer(submission, "comment"));
        return await DecideAsync(submission, command, actor, state => AccessReplies.Reviewed((AccessRequest)state), ct);
    }

    private async Task<Acknowledgement> ExtendAsync(Delivery submission, Principal actor, CancellationToken ct)
    {
        if (!Guid.TryParseExact(submission.Value, "N", out var grant) || !Window(submission).TryGet(out var window, out var refusal))
        {
            return Refuse(submission, Window(submission).Refused ?? AccessDialogs.Unknown);
        }

        var id = AccessDesk.IdFrom(submission.Key, clock.GetUtcNow());
        var command = new AskExtension(id, new GrantId(grant), window.Value, Answer(submission, "reason") ?? "");
        return await DecideAsync(submission, command, actor, state => AccessReplies.ExtensionAsked((AccessRequest)state), ct);
    }

    private async Task<Acknowledgement> RevokeAsync(Delivery submission, Principal actor, CancellationToken ct) =>
        Guid.TryParseExact(submission.Value, "N", out var grant)
            ? await DecideAsync(submission, new RevokeGrant(new GrantId(grant), Answer(submission, "reason") ?? ""), actor, state => AccessReplies.Ending((Grant)state), ct)
            : Refuse(submission, AccessDialogs.Unknown);

    private async Task<Acknowledgement> CutOffAsync(Delivery submission, Principal actor, CancellationToken ct)
    {
        if (!PersonId.TryParse(submission.Value, CultureInfo.InvariantCulture, out var person))
        {
            return Refuse(submission, AccessDialogs.Unknown);
        }

        var cut = await revocation.CutOffAsync(new CutOffOrder(person, Answer(submission, "reason") ?? ""), actor, submission.Key, ct);
        return cut.TryGet(out var done, out var refusal) ? Done(done) : Refuse(submission, refusal);
    }

    private async Task<Acknowledgement> AgainAsync(Delivery submission, Principal actor, CancellationToken ct)
    {
        if (!Guid.TryParseExact(submission.Value, "N", out var id)
            || (await ledger.LoadAsync<AccessRequest>(submission.Value, ct))?.State is not { } earlier
            || !rules().Policies.People.AreSame(earlier.Requester.Id, actor.Id))
        {
            return Refuse(submission, new Refusal("unknown_request", "There is no such request of yours."));
        }

        if (!Window(submission).TryGet(out var window, out var refusal))
        {
            return Refuse(submission, refusal);
        }

        var request = AccessDesk.IdFrom(submission.Key, clock.GetUtcNow());
        var command = new AskAccess(request, earlier.Target, earlier.Level, window.Value, Answer(submission, "reason") ?? "");
        var owed = (await ledger.FindAsync<Grant>(OpenGrant.Owed(earlier.Server) with { Limit = 1 }, ct)).Select(stored => stored.State).ToList();
        return await DecideAsync(submission, command, actor, state => AccessReplies.Asked((AccessRequest)state, owed), ct);
    }

    private static Result<Duration> Window(Delivery submission) =>
        Durations.ReadAll(Answer(submission, "window") ?? "");

    private async Task<Acknowledgement> DecideAsync(Delivery submission, Command command, Principal actor, Func<IAggregate, Card> answer, CancellationToken ct)
    {
        var decided = await decider.DecideAsync(command, actor, submission.Key, ct);
        return decided.TryGet(out var done, out var refusal)
            ? Done(answer(done.State))
            : Refuse(submission, refusal);
    }
}
