using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Flow;

/// <summary>
/// The one place where things are decided: loads, gathers facts, asks the verb, commits, tries again when somebody was faster,
/// and writes down what was refused to a person.
/// </summary>
public sealed class Decider(ILedger ledger, FactGathering facts, Func<Rules> rules, TimeProvider clock)
{
    private const int Tries = 12;

    /// <summary>
    /// The aggregate's state after the decision, or the refusal. <paramref name="deliveryKey"/> names the inbox row that is decided with it.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">Nothing was done.</exception>
    public Task<Result<Decided>> DecideAsync(Command command, Principal actor, string? deliveryKey, CancellationToken ct) =>
        DecideAsync(command, actor, deliveryKey, null, ct);

    /// <summary>The same as one of many decisions of one act, whose groups were <paramref name="asked"/> once for all of them.</summary>
    /// <exception cref="LedgerUnavailableException">Nothing was done.</exception>
    public async Task<Result<Decided>> DecideAsync(Command command, Principal actor, string? deliveryKey, Membership? asked, CancellationToken ct)
    {
        var verb = Verbs.For(command);
        if (rules().EndingOnlyBecause is { } reason && !verb.EndsAccess)
        {
            return EndingOnly(reason);
        }

        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var result = await verb.DecideAsync(ledger, command, (needs, token) => facts.GatherAsync(actor, needs, asked, token), ct);
            if (!result.TryGet(out var draft, out var refusal))
            {
                return await RefuseAsync(command, actor, deliveryKey, refusal, ct);
            }

            var change = draft.Change with { DecidesDelivery = deliveryKey };
            if (draft.Events.Count == 0 && deliveryKey is null)
            {
                return new Decided(draft.Next, draft.Events);
            }

            switch (await ledger.CommitAsync(change, ct))
            {
                case CommitOutcome.Committed:
                    return new Decided(draft.Next, draft.Events);
                case CommitOutcome.GuardRefused guard:
                    return await RefuseAsync(command, actor, deliveryKey, guard.Refusal, ct);
            }
        }

        throw new LedgerUnavailableException($"{command.GetType().Name} on {command.Subject} met {Tries} conflicts in a row.");
    }

    /// <summary>The refusal of every command that does not end access, in ending-only mode.</summary>
    public static Refusal EndingOnly(string reason) => new("ending_only", $"Nothing was done: {reason}. Access that is running still ends on time.");

    /// <summary>Writes down what was refused before it came to a verb, such as an account that may take no part.</summary>
    /// <exception cref="LedgerUnavailableException">It is not in the record.</exception>
    public async Task RecordRefusalAsync(Subject about, string attempt, PersonId by, Refusal refusal, string? deliveryKey, CancellationToken ct)
    {
        var remark = new AttemptRefused
        {
            About = about,
            Attempt = attempt,
            Code = refusal.Code,
            Message = refusal.Message,
            By = by,
            At = clock.GetUtcNow(),
        };
        await ledger.CommitAsync(new Change { Entries = [remark.ToDraft()], DecidesDelivery = deliveryKey }, ct);
    }

    /// <summary>A person's refused attempt belongs to the record; what the bot refuses itself is for its logs. A silent directory refused nobody.</summary>
    private async Task<Refusal> RefuseAsync(Command command, Principal actor, string? deliveryKey, Refusal refusal, CancellationToken ct)
    {
        if (actor.Id != PersonId.Bot && refusal.Code != Membership.DirectoryUnavailable)
        {
            await RecordRefusalAsync(command.Subject, command.GetType().Name, actor.Id, refusal, deliveryKey, ct);
        }

        return refusal;
    }
}

/// <summary>The state after a decision, and what happened; no events means that it was so already.</summary>
public sealed record Decided(IAggregate State, IReadOnlyList<DomainEvent> Events);
