namespace DbChatOps.Host.Configuration;

/// <summary>The configuration in force. A reload swaps it whole; an invalid one changes nothing and is remembered for the health page.</summary>
public sealed class SettingsSource(SettingsLoader loader, Settings first) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private volatile Settings _current = first;
    private volatile IReadOnlyList<SettingProblem> _problems = [];

    public Settings Current => _current;

    /// <summary>Why the last reload was refused; empty when it was taken.</summary>
    public IReadOnlyList<SettingProblem> Problems => _problems;

    /// <summary>
    /// Reads the configuration again. <paramref name="alsoCheck"/> may refuse what only the ledger knows, such as a server that vanished
    /// while it owes a grant.
    /// </summary>
    public async Task<ReloadOutcome> TryReloadAsync(Func<Settings, CancellationToken, Task<IReadOnlyList<SettingProblem>>> alsoCheck, CancellationToken ct)
    {
        await _oneAtATime.WaitAsync(ct);
        try
        {
            var before = _current;
            var after = await loader.LoadAsync(ct);
            if (await alsoCheck(after, ct) is [_, ..] problems)
            {
                return Kept(problems);
            }

            (_current, _problems) = (after, []);
            return new ReloadOutcome { Taken = true, Changes = SettingsDiff.Describe(before, after) };
        }
        catch (InvalidSettingsException fault)
        {
            return Kept(fault.Problems);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private ReloadOutcome Kept(IReadOnlyList<SettingProblem> problems)
    {
        _problems = problems;
        return new ReloadOutcome { Taken = false, Problems = problems };
    }
}

/// <summary>How a reload went.</summary>
public sealed record ReloadOutcome
{
    /// <summary>False: the earlier configuration stays in force.</summary>
    public required bool Taken { get; init; }

    /// <summary>One line per change.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    public IReadOnlyList<SettingProblem> Problems { get; init; } = [];
}
