using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// What one step of ending reported. Proof closes the grant; anything else is written down when it differs from what is known,
/// and 60 s after the end a login that is still exposed, or still runs a statement that cannot be interrupted, pages people, once. The latter stops new
/// grants on its server for a configured time only. While only the declared delay of a standby is missing, that clock does not run.
/// </summary>
public sealed record RecordRevocation(GrantId Grant, RevocationReport Report) : Command
{
    /// <summary>Exposed longer than this after its end: people are paged and new grants on the server stop.</summary>
    public static readonly TimeSpan Overdue = TimeSpan.FromSeconds(60);

    /// <summary>What the looks at sessions came to; absent when the login was never handed over.</summary>
    public Watched? Watched { get; init; }

    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, RecordRevocation command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        if (!GrantLifecycle.Table.Permits(grant.State, GrantTrigger.Prove))
        {
            return Decision<Grant>.Unchanged(grant);
        }

        var report = command.Report;
        DateTimeOffset? endedOne = report.SessionsEnded > 0 ? facts.Now : null;
        if (report is { Stage: RevocationStage.ProvenGone, Proof: { } proof })
        {
            return Decision<Grant>.Of(grant, new GrantRevoked
            {
                Grant = grant.Id,
                Proof = proof,
                SessionsEnded = report.SessionsEnded,
                LastSeen = endedOne ?? command.Watched?.LastSeen,
                Gaps = command.Watched?.Gaps,
                By = facts.Actor.Id,
                At = facts.Now,
            });
        }

        // Gone, but without the reading that proves it: believed only as far as what is known already.
        var ending = grant.Ending ?? throw new InvalidOperationException($"{grant.Id.Handle} is being ended without an ending.");
        report = report.Stage == RevocationStage.ProvenGone ? report with { Stage = ending.Stage } : report;
        List<DomainEvent> events = [];
        var waits = report.Waits is { } wait && facts.Now < wait.Until ? wait : null;
        var learntOid = grant.Oid is null && report.Oid is not null;
        if (learntOid || ending.Stage != report.Stage || report.SessionsEnded > 0 || ending.Waits != waits || !AreSame(ending.Uninterruptible, report.Uninterruptible)
            || !ending.Blockers.SequenceEqual(report.Blockers, StringComparer.Ordinal))
        {
            var progressed = new RevocationProgressed
            {
                Grant = grant.Id,
                Stage = report.Stage,
                Blockers = report.Blockers,
                SessionsEnded = report.SessionsEnded,
                LastSeen = endedOne,
                Uninterruptible = report.Uninterruptible.Count == 0 ? null : report.Uninterruptible,
                Oid = report.Oid,
                Waits = waits,
                By = facts.Actor.Id,
                At = facts.Now,
            };
            ending = ending.With(progressed);
            events.Add(progressed);
        }

        var late = facts.Now - ending.OverdueFrom;
        if (!ending.IsOverdue && report.Stage is RevocationStage.Exposed or RevocationStage.Stripped && waits is null && late >= Overdue)
        {
            events.Add(new GrantOverdue { Grant = grant.Id, Blockers = report.Blockers, By = facts.Actor.Id, At = facts.Now });
        }

        if (report.Stage == RevocationStage.Stripped && ending.StopsNoLonger is null && late >= Overdue && late >= facts.StrippedStopsGrantsFor)
        {
            events.Add(new StoppedNoLonger { Grant = grant.Id, By = facts.Actor.Id, At = facts.Now });
        }

        return Decision<Grant>.Of(grant, events);
    }

    private static bool AreSame(IReadOnlyList<UninterruptibleSession>? known, IReadOnlyList<UninterruptibleSession> reported) => (known ?? []).SequenceEqual(reported);
}
