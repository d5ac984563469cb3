using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Policies;

namespace DbChatOps.Host.Desk;

/// <summary>Asking by dialog: the questions, what is offered while somebody types, and the answers.</summary>
public sealed class AskDesk(Decider decider, AccessLookup lookup, TimeProvider clock)
{
    private readonly Recent<PersonId, Result<Membership>> _groups = new(Suggested.For, static groups => groups.Refused is null, clock);

    /// <summary>Targets that this person may ask for and whose name or tag holds what was typed.</summary>
    public async Task<IReadOnlyList<Option>> SuggestAsync(string typed, Principal actor, CancellationToken ct)
    {
        if (!(await _groups.GetAsync(actor.Id, () => lookup.EveryGroupAsync(ct))).TryGet(out var membership, out _))
        {
            return [];
        }

        return [.. lookup.Offers(actor, membership, typed.Trim()).Select(offer => PickDialogs.Offer(offer.Target, offer.Offers))];
    }

    /// <summary>Refuses with the field that is wrong, so that the dialog stays open and says it there.</summary>
    public async Task<Result<Card>> SubmitAsync(Delivery submission, Principal actor, CancellationToken ct)
    {
        if (!(await lookup.TargetAsync(Answer(submission, AccessDialogs.TargetInput), actor, ct)).TryGet(out var target, out var refusal))
        {
            return refusal with { Field = AccessDialogs.TargetInput };
        }

        if (!AccessGrammar.ReadLevel(Answer(submission, "level")).TryGet(out var level, out refusal))
        {
            return refusal;
        }

        if (AccessDialogs.IsOnlyTheLink(Answer(submission, "reason")))
        {
            return new Refusal("reason_missing", "Say why you need it; the link alone is no reason.") { Field = "reason" };
        }

        TimeSpan? window = null;
        if (Answer(submission, "window") is { Length: > 0 } typed)
        {
            if (!Durations.ReadAll(typed).TryGet(out var duration, out refusal))
            {
                return refusal;
            }

            window = duration.Value;
        }

        var request = AccessDesk.IdFrom(submission.Key, clock.GetUtcNow());
        var decided = await decider.DecideAsync(new AskAccess(request, target.Id, level.Value, window, Answer(submission, "reason")), actor, submission.Key, ct);
        if (!decided.TryGet(out var done, out refusal))
        {
            return refusal;
        }

        var owed = await lookup.OwedAsync(target.Server, ct);
        return AccessReplies.Asked((AccessRequest)done.State, owed);
    }

    private static string Answer(Delivery submission, string name) => submission.Answers.GetValueOrDefault(name)?.Trim() ?? "";
}
