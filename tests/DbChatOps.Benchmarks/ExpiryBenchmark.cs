using System.Diagnostics;
using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Playground.Demo;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Benchmarks;

/// <summary>
/// From the end of a window to its proof, beside bare pgbench that does the same to the same number of roles on the same server.
/// </summary>
internal static class ExpiryBenchmark
{
    private const int SingleExpiries = 40;

    /// <summary>A hand-over is worth nothing after its lane's claim; nobody reveals a thousand at once.</summary>
    private const int RevealsAtOnce = 25;

    /// <summary>Long enough to open a thousand; short, because every storm moves the clock by it and the servers bound how far an end may lie ahead.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>How often the yardstick is laid on: one run of it says little, on a small machine it differs by a quarter from one to the next.</summary>
    private const int Yardsticks = 3;

    public static async Task RunAsync(TextWriter output, CancellationToken ct)
    {
        await using var rig = await BenchRig.StartAsync(ct);
        await SinglesAsync(rig, output, ct);
        await StormAsync(rig, 100, output, ct);
        await BesideBareAsync(rig, 1000, output, ct);
    }

    /// <summary>Two storms and their yardstick alone.</summary>
    public static async Task RunAsync(int count, TextWriter output, CancellationToken ct)
    {
        await using var rig = await BenchRig.StartAsync(ct);
        await BesideBareAsync(rig, count, output, ct);
    }

    private static async Task BesideBareAsync(BenchRig rig, int count, TextWriter output, CancellationToken ct)
    {
        // The first of this size also pays for compiling what only a storm runs; the second shows what is left of it.
        await StormAsync(rig, count, output, ct);
        await StormAsync(rig, count, output, ct);
        var bare = new List<TimeSpan>();
        for (var i = 0; i < Yardsticks; i++)
        {
            bare.Add(await BareRevocation.RunAsync(rig.Servers, count, ct));
        }

        await output.WriteLineAsync($"bare pgbench, {count} roles ended: {string.Join(", ", bare.Order().Select(time => $"{time.TotalSeconds:F2} s"))}");
    }

    private static async Task SinglesAsync(BenchRig rig, TextWriter output, CancellationToken ct)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < SingleExpiries; i++)
        {
            times.Add(await ExpireAsync(rig, 1, ct));
        }

        await output.WriteLineAsync($"expiry → proven gone, one grant, {SingleExpiries} times: {Spread.Of(times)}");
    }

    private static async Task StormAsync(BenchRig rig, int count, TextWriter output, CancellationToken ct) =>
        await output.WriteLineAsync($"expiry → proven gone, {count} grants at once: {(await ExpireAsync(rig, count, ct)).TotalSeconds:F2} s");

    /// <summary>Opens the grants, moves the clock past their end, and waits for the last proof.</summary>
    private static async Task<TimeSpan> ExpireAsync(BenchRig rig, int count, CancellationToken ct)
    {
        var holder = new Principal { Id = new PersonId("slack", Seed.TeamId, Seed.Ana.Id), Name = "ana", Kind = PrincipalKind.Member, Human = "ana" };
        var target = rig.Rules.Targets.Target(new TargetId("orders-prod"))!;
        var grants = Enumerable.Range(0, count).Select(_ => new GrantId(Guid.CreateVersion7())).ToList();
        await Parallel.ForEachAsync(grants, ct, async (grant, token) =>
            (await rig.Decider.DecideAsync(OpenGrant.For(await ApprovedAsync(rig, grant, holder, target, token)), Principal.Bot, null, token)).OrThrow());
        await UntilAsync(rig, grants, GrantState.Ready, ct);
        foreach (var some in grants.Chunk(RevealsAtOnce))
        {
            await Parallel.ForEachAsync(some, ct, async (grant, token) => (await rig.Decider.DecideAsync(new RequestReveal(grant, "V0NOBODY"), holder, null, token)).OrThrow());
            await UntilAsync(rig, some, GrantState.Active, ct);
        }

        rig.Clock.Advance(Window + TimeSpan.FromSeconds(1));
        var ended = Stopwatch.GetTimestamp();
        // The pulse sleeps until the earliest row by the clock it knew; a commit wakes it, as any delivery would.
        await rig.Decider.DecideAsync(new EndGrant(grants[0], EndReason.Expired), Principal.Bot, null, ct);
        await UntilNoneIsOpenAsync(rig, ct);
        return Stopwatch.GetElapsedTime(ended);
    }

    /// <summary>Straight into the ledger, without the row that would spend it.</summary>
    private static async Task<AccessRequest> ApprovedAsync(BenchRig rig, GrantId grant, Principal holder, Target target, CancellationToken ct)
    {
        var now = rig.Clock.GetUtcNow();
        var approver = new Principal { Id = new PersonId("slack", Seed.TeamId, Seed.Bo.Id), Name = "bo", Kind = PrincipalKind.Member, Human = "bo" };
        var policy = PinnedPolicy.Of(rig.Rules.Policies.Policies.First(candidate => candidate.Covers.Covers(target, AccessLevel.Read)));
        var id = new RequestId(grant.Value);
        RequestEvent[] events =
        [
            new RequestAsked
            {
                Request = id,
                Kind = RequestKind.Access,
                Requester = holder,
                Target = target.Id,
                Server = target.Server,
                Environment = target.Environment,
                Database = target.Database,
                Level = AccessLevel.Read,
                StandingRole = target.Levels[AccessLevel.Read].StandingRole,
                Window = Window,
                Reason = "benchmark",
                Policy = policy,
                Digest = new string('0', 64),
                Channel = Seed.Approvals.Id,
                LapsesAt = now + policy.Policy.Rule.PendingFor,
                By = holder.Id,
                At = now,
            },
            new RequestReviewed { Request = id, Review = new Review { Reviewer = approver, Verdict = Verdict.Approve, At = now }, By = approver.Id, At = now },
            new RequestApproved { Request = id, Grant = grant, By = approver.Id, At = now },
        ];
        var request = Decision<AccessRequest>.Of(null, events).Next;
        await rig.Ledger.CommitAsync(
            new Change
            {
                Snapshots = [new SnapshotWrite { Subject = request.Subject, ExpectedVersion = 0, Index = request.Index, Body = LedgerJson.Write(request) }],
                Entries = [.. events.Select(change => change.ToDraft())],
            },
            ct);
        return request;
    }

    private static async Task UntilAsync(BenchRig rig, IReadOnlyList<GrantId> grants, GrantState state, CancellationToken ct)
    {
        var patience = Stopwatch.StartNew();
        foreach (var grant in grants)
        {
            while ((await rig.Ledger.LoadAsync<Grant>(grant.ToString(), ct))?.State.State is var found && found != state)
            {
                if (found is GrantState.Revoking or GrantState.Revoked || patience.Elapsed > Window)
                {
                    throw new TimeoutException($"Grant {grant.Handle} is {found} and not {state}: this machine is too slow to open so many before the first windows end.");
                }

                await Task.Delay(10, ct);
            }
        }
    }

    private static async Task UntilNoneIsOpenAsync(BenchRig rig, CancellationToken ct)
    {
        // Looking must not take the processor away from what it looks at: one row is enough.
        var any = new SnapshotQuery { Kind = "grant", Open = true, Limit = 1 };
        while ((await rig.Ledger.FindAsync<Grant>(any, ct)).Count > 0)
        {
            await Task.Delay(2, ct);
        }
    }
}
