using System.Diagnostics;
using DbChatOps.Playground.Demo;
using DbChatOps.Playground.World;

namespace DbChatOps.Benchmarks;

/// <summary>
/// The time that people feel: from the approver's click to <em>Show credentials</em> in front of the requester, through chat, ledger and server.
/// The first click after the start stands apart, because it is the one that meets cold code and cold connections.
/// </summary>
internal static class ApprovalBenchmark
{
    /// <summary>People do not ask a hundred times a minute; without the pause, chat's own pacing would be measured.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(6);

    public static async Task RunAsync(int clicks, TextWriter output, CancellationToken ct)
    {
        await using var rig = await BenchRig.StartAsync(ct);
        var times = new List<TimeSpan>();
        for (var i = 0; i < clicks; i++)
        {
            times.Add(await ApproveAsync(rig, $"benchmark {i}"));
            await output.WriteAsync('.');
            await Task.Delay(Pause, ct);
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync($"approve click → Show credentials offered, the first after the start: {times[0].TotalMilliseconds:F0} ms");
        await output.WriteLineAsync($"approve click → Show credentials offered, all {clicks}: {Spread.Of(times)}");
    }

    private static async Task<TimeSpan> ApproveAsync(BenchRig rig, string reason)
    {
        await rig.Driver.Says(Seed.Ana, $"/db access orders-prod read 30m {reason}");
        await rig.Driver.WaitsToSee(Seed.Bo, reason);
        await rig.Driver.Presses(Seed.Bo, "Approve…", Seed.Approvals);
        await rig.Driver.WaitsFor(sights => sights.TopModal(Seed.Bo) is not null, "the dialog");
        var offered = rig.Driver.WaitsFor(sights => sights.Direct(Seed.Ana).Any(message => sights.Read(message).Contains("Show credentials", StringComparison.Ordinal)), "the offer");
        var clicked = Stopwatch.GetTimestamp();
        await rig.Driver.Submits(Seed.Bo);
        await offered;
        var time = Stopwatch.GetElapsedTime(clicked);
        await rig.Driver.Presses(Seed.Ana, "Done");
        await rig.Driver.WaitsFor(sights => !sights.Direct(Seed.Ana).Any(message => sights.Read(message).Contains("Show credentials", StringComparison.Ordinal)), "the end");
        if (rig.Driver.Sights.TopModal(Seed.Bo) is not null)
        {
            await rig.Driver.Closes(Seed.Bo);
        }

        return time;
    }
}
