using DbChatOps.Configurations;
using System.Runtime.InteropServices;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Operations;

/// <summary>
/// Reads the configuration again at SIGHUP. What is taken is in the ledger, with its differences in words and a card for the audit channel, before
/// anybody is served by it; what is refused leaves the old one in force and degrades health.
/// </summary>
public sealed class Reload(
    SettingsSource source, ILedger ledger, Decider decider, Surveys surveys, Func<Rules> rules, ILogger<Reload> log) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private PosixSignalRegistration? _signal;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            // The default action would end the process.
            context.Cancel = true;
            log.ReloadAsked();
            _ = SafelyAsync();
        });
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _signal?.Dispose();
        await _stopping.CancelAsync();
    }

    public async Task<ReloadOutcome> RunAsync(CancellationToken ct)
    {
        var outcome = await source.TryReloadAsync(CheckAndRecordAsync, ct);
        foreach (var problem in outcome.Problems)
        {
            log.ReloadRefused(problem.ToString());
        }

        foreach (var change in outcome.Changes)
        {
            log.Reloaded(change);
        }

        if (outcome.Taken)
        {
            await KeepAsync(source.Current, log, ct);
            await surveys.LookAsync(ct);
        }

        return outcome;
    }

    /// <summary>Keeps beside the store what ending access needs of this configuration. A folder that cannot be written is no reason to stop.</summary>
    public static async Task KeepAsync(Settings settings, ILogger log, CancellationToken ct)
    {
        try
        {
            if (LastGood.Of(settings) is { } lastGood)
            {
                await lastGood.WriteAsync(settings.Store.Path, ct);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log.LastGoodNotKept(fault.Message);
        }
    }

    public void Dispose()
    {
        _signal?.Dispose();
        _stopping.Dispose();
    }

    private async Task<IReadOnlyList<SettingProblem>> CheckAndRecordAsync(Settings after, CancellationToken ct)
    {
        var before = source.Current;
        IReadOnlyList<SettingProblem> problems = [.. RestartNeeded.Problems(before, after), .. await OwedServers.RefuseAsync(after, ledger, ct)];
        if (problems.Count > 0)
        {
            return problems;
        }

        try
        {
            var changes = SettingsDiff.Describe(before, after);
            var noted = new NoteConfiguration(after.SectionHashes, rules().AuditChannel) { Changes = changes };
            (await decider.DecideAsync(noted, Principal.Bot, null, ct)).OrThrow();
            return [];
        }
        catch (LedgerUnavailableException fault)
        {
            return [new SettingProblem("Store", $"the change could not be recorded, so it was not taken: {fault.Message}")];
        }
    }

    private async Task SafelyAsync()
    {
        try
        {
            await RunAsync(_stopping.Token);
        }
        catch (Exception fault) when (!_stopping.IsCancellationRequested)
        {
            log.ReloadFailed(fault);
        }
    }
}
