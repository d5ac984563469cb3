using System.Diagnostics;
using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Playground.Demo;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Benchmarks;

/// <summary>
/// The two times that people feel: from the approver's click to <em>Show credentials</em>, and from the end of a window to its proof;
/// the second beside bare pgbench that does the same to the same number of roles on the same server.
/// </summary>
internal static class AccessBenchmark
{
    private const int Approvals = 40;
    private const int SingleExpiries = 40;

    /// <summary>A hand-over is worth nothing after its lane's claim; nobody reveals a thousand at once.</summary>
    private const int RevealsAtOnce = 25;

    /// <summary>Short, because every storm moves the clock by it and the servers bound how far an end may lie ahead.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(TextWriter output, CancellationToken ct)
    {
        await using var rig = await BenchRig.StartAsync(ct);
        // First, while the clocks of bot and look-alike still agree: signatures grow stale.
        await ApprovalsAsync(rig, output, ct);
        await SinglesAsync(rig, output, ct);
        await StormAsync(rig, 100, output, ct);
        await StormAsync(rig, 1000, output, ct);
        await output.WriteLineAsync($"bare pgbench, 1000 roles ended: {(await BareRevocation.RunAsync(rig.Servers, 1000, ct)).TotalSeconds:F2} s");
    }

    private static async Task ApprovalsAsync(BenchRig rig, TextWriter output, CancellationToken ct)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < Approvals; i++)
        {
            await rig.Driver.Says(Seed.Ana, $"/db access orders-prod read 30m benchmark {i}");
            await rig.Driver.WaitsToSee(Seed.Bo, $"benchmark {i}");
            await rig.Driver.Presses(Seed.Bo, "Approve…", Seed.Approvals);
            await rig.Driver.WaitsFor(sights => sights.TopModal(Seed.Bo) is not null, "the dialog");
            var offered = rig.Driver.WaitsFor(sights => sights.Direct(Seed.Ana).Any(message => sights.Read(message).Contains("Show credentials", StringComparison.Ordinal)), "the offer");
            var clicked = Stopwatch.GetTimestamp();
            await rig.Driver.Submits(Seed.Bo);
            await offered;
            times.Add(Stopwatch.GetElapsedTime(clicked));
            await rig.Driver.Presses(Seed.Ana, "Done");
            await rig.Driver.WaitsFor(sights => !sights.Direct(Seed.Ana).Any(message => sights.Read(message).Contains("Show credentials", StringComparison.Ordinal)), "the end");
            if (rig.Driver.Sights.TopModal(Seed.Bo) is not null)
            {
                await rig.Driver.Closes(Seed.Bo);
            }

            // People do not ask a hundred times a minute; without the pause, chat's own pacing would be measured.
            await Task.Delay(TimeSpan.FromSeconds(6), ct);
        }

        await output.WriteLineAsync($"approve click → Show credentials offered, {Approvals} times: {Spread.Of(times)}");
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
        await UntilAsync(rig, GrantState.Ready, count, ct);
        foreach (var (some, done) in grants.Chunk(RevealsAtOnce).Select((chunk, index) => (chunk, Math.Min((index + 1) * RevealsAtOnce, count))))
        {
            await Parallel.ForEachAsync(some, ct, async (grant, token) => (await rig.Decider.DecideAsync(new RequestReveal(grant, "V0NOBODY"), holder, null, token)).OrThrow());
            await UntilAsync(rig, GrantState.Active, done, ct);
        }

        rig.Clock.Advance(Window + TimeSpan.FromSeconds(1));
        var ended = Stopwatch.GetTimestamp();
        // The pulse sleeps until the earliest row by the clock it knew; a commit wakes it, as any delivery would.
        await rig.Decider.DecideAsync(new EndGrant(grants[0], EndReason.Expired), Principal.Bot, null, ct);
        await UntilAsync(rig, null, 0, ct);
        return Stopwatch.GetElapsedTime(ended);
    }

    /// <summary>Straight into the ledger: approved by nobody, and without the row that would spend it.</summary>
    private static async Task<AccessRequest> ApprovedAsync(BenchRig rig, GrantId grant, Principal holder, Target target, CancellationToken ct)
    {
        var now = rig.Clock.GetUtcNow();
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
            new RequestApproved { Request = id, Grant = grant, By = PersonId.Bot, At = now },
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

    private static async Task UntilAsync(BenchRig rig, GrantState? state, int count, CancellationToken ct)
    {
        // Looking must not take the processor away from what it looks at: for "none is left" one row is enough.
        var query = new SnapshotQuery { Kind = "grant", Open = true, States = state is { } wanted ? [wanted.ToString()] : null, Limit = count + 1 };
        while ((await rig.Ledger.FindAsync<Grant>(query, ct)).Count != count)
        {
            await Task.Delay(count == 0 ? 2 : 10, ct);
        }
    }
}
