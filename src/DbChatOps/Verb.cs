using DbChatOps.Ledger;

namespace DbChatOps;

/// <summary>
/// One thing that can be done: whose right it is, what must be known, and the pure decision. The table of all verbs is <see cref="Verbs"/>.
/// </summary>
public abstract class Verb
{
    public abstract Type Command { get; }

    /// <summary>Who may give this command at all; finer rules (holder, seat) are part of the decision.</summary>
    public required Permission Permission { get; init; }

    /// <summary>Ends access, or records that it ended or what it did: still decided while nothing new may begin.</summary>
    public bool EndsAccess { get; init; }

    /// <summary>Loads the aggregate a command is about, decides, and returns what to write.</summary>
    public abstract Task<Result<Draft>> DecideAsync(ILedger ledger, Command command, FactSource facts, CancellationToken ct);
}

/// <summary>Who may give a command.</summary>
public enum Permission
{
    /// <summary>Any full member of the organisation; the decision looks closer.</summary>
    Member = 0,

    /// <summary>The bot itself, for what timers and engines report. Never a person.</summary>
    System = 1,

    /// <summary>A member, or the operator at the host's command line.</summary>
    MemberOrOperator = 2,

    /// <summary>Only the operator at the host's command line.</summary>
    Operator = 3,
}

/// <summary>Gathers the facts that a command asks for.</summary>
public delegate Task<Result<Facts>> FactSource(FactNeeds needs, CancellationToken ct);

/// <summary>A decision as bytes and rows, not yet committed; and the state that follows from it.</summary>
public sealed record Draft(IAggregate Next, IReadOnlyList<DomainEvent> Events, Change Change);

/// <inheritdoc/>
public sealed class Verb<TState, TCommand> : Verb
    where TState : class, IAggregate<TState>
    where TCommand : Command
{
    public override Type Command => typeof(TCommand);

    public required Func<TState?, TCommand, Facts, Result<Decision<TState>>> Decide { get; init; }

    /// <summary>What must be asked afresh before deciding.</summary>
    public Func<TState?, TCommand, FactNeeds> Needs { get; init; } = static (_, _) => FactNeeds.None;

    public override async Task<Result<Draft>> DecideAsync(ILedger ledger, Command command, FactSource facts, CancellationToken ct)
    {
        var mine = (TCommand)command;
        var stored = await ledger.LoadAsync<TState>(command.Subject.Key, ct);
        var gathered = await facts(Needs(stored?.State, mine), ct);
        if (!gathered.TryGet(out var known, out var missing))
        {
            return missing;
        }

        if (Refuse(known.Actor) is { } notAllowed)
        {
            return notAllowed;
        }

        return Decide(stored?.State, mine, known).TryGet(out var decision, out var refusal)
            ? new Draft(decision.Next, decision.Events, Write(decision, stored?.Version ?? 0))
            : refusal;
    }

    private static Change Write(Decision<TState> decision, long version) => decision.Events.Count == 0
        ? new Change { Guards = decision.Guards }
        : new Change
        {
            Snapshots =
            [
                new SnapshotWrite
                {
                    Subject = decision.Next.Subject,
                    ExpectedVersion = version,
                    Index = decision.Next.Index,
                    Body = LedgerJson.Write(decision.Next),
                },
            ],
            Entries = [.. decision.Events.Select(change => change.ToDraft())],
            Agenda = [.. decision.Events.SelectMany(change => Consequences.Of(decision.Next, change))],
            Guards = decision.Guards,
        };

    private Refusal? Refuse(Principal actor) => (Permission, actor.Kind) switch
    {
        (Permission.Member or Permission.MemberOrOperator, PrincipalKind.Member) => null,
        (Permission.MemberOrOperator, PrincipalKind.System) => null,
        (Permission.System, PrincipalKind.System) => null,
        (Permission.Operator, PrincipalKind.System) when actor.Id.IsOperator => null,
        (Permission.System or Permission.Operator, _) => new Refusal("not_for_people", "This is not something a person can ask for."),
        _ => Policies.Eligibility.Refuse(actor),
    };
}
