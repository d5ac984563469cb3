using System.Globalization;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.Alerts;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>
/// Stands in while the ledger cannot be written: ends what is over by the servers' own word, pages without the agenda, and hands over what it noted
/// as soon as the ledger is back. It counts as back once it has taken an entry, which records how long it was out of service.
/// </summary>
public sealed class ExpiryWatch(
    Func<LedgerUnavailableException?> trouble, Func<DateTimeOffset, LedgerUnavailableException, CancellationToken, Task> tryToRecord, ILedger? ledger, EndExpired ending, Spool spool, AlertPost post, Health health,
    Func<Rules> rules, TimeProvider clock, ILogger<ExpiryWatch> log) : Recurring(clock, log)
{
    private const string What = "store";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private readonly TimeProvider _clock = clock;
    private DateTimeOffset? _since;
    private bool _paged;

    protected override TimeSpan AfterFault => Between;

    /// <summary>Beside a store that was opened: quiet until it fails.</summary>
    public static ExpiryWatch Beside(IServiceProvider parts) => new(
        () => parts.GetRequiredService<SqliteStore>().Trouble,
        (since, why, ct) => parts.GetRequiredService<SqliteStore>().TakeReserve()
            ? RecordAsync(parts.GetRequiredService<Alarms>(), since, parts.GetRequiredService<TimeProvider>().GetUtcNow(), why, ct)
            : Task.CompletedTask,
        parts.GetRequiredService<ILedger>(),
        parts.GetRequiredService<EndExpired>(),
        parts.GetRequiredService<Spool>(),
        parts.GetRequiredService<AlertPost>(),
        parts.GetRequiredService<Health>(),
        parts.GetRequiredService<Func<Rules>>(),
        parts.GetRequiredService<TimeProvider>(),
        parts.GetRequiredService<ILogger<ExpiryWatch>>());

    /// <summary>Without a store at all: it could not be opened.</summary>
    public static ExpiryWatch Without(LedgerUnavailableException why, IServiceProvider parts) => new(
        () => why,
        static (_, _, _) => Task.CompletedTask,
        null,
        parts.GetRequiredService<EndExpired>(),
        parts.GetRequiredService<Spool>(),
        parts.GetRequiredService<AlertPost>(),
        parts.GetRequiredService<Health>(),
        parts.GetRequiredService<Func<Rules>>(),
        parts.GetRequiredService<TimeProvider>(),
        parts.GetRequiredService<ILogger<ExpiryWatch>>());

    /// <summary>One look; true while the ledger cannot be written.</summary>
    public async Task<bool> LookAsync(CancellationToken ct)
    {
        if (_since is { } since && trouble() is { } before)
        {
            await tryToRecord(since, before, ct);
        }

        if (trouble() is not { } why)
        {
            await RecoverAsync(ct);
            return false;
        }

        if (_since is null)
        {
            _since = _clock.GetUtcNow();
            log.EndingOnly(why.Message);
        }

        health.Degrade(What, $"ending-only: {why.Message}");
        await ending.RunAsync(rules().Targets.Servers, ct);
        await PageAsync(why.Message, ct);
        return true;
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        return Between;
    }

    /// <summary>Alarms log a store that still cannot be written, and do not throw.</summary>
    private static Task RecordAsync(Alarms alarms, DateTimeOffset since, DateTimeOffset now, LedgerUnavailableException why, CancellationToken ct) => alarms.TellAsync(
        string.Create(CultureInfo.InvariantCulture, $"store_trouble:{since.ToUnixTimeSeconds()}:{now.ToUnixTimeSeconds()}"),
        "store",
        $"From {PlainText.Utc(since)} to {PlainText.Utc(now)} DbChatOps only ended access: {why.Message}",
        ct);

    private async Task RecoverAsync(CancellationToken ct)
    {
        if (ledger is not null)
        {
            await spool.IngestAsync(ledger, ct);
        }

        if (_since is null)
        {
            return;
        }

        health.Recover(What);
        log.EndingOnlyOver();
        if (!_paged || await post.SendAsync(Message("", resolves: true), ct) is null)
        {
            (_since, _paged) = (null, false);
        }
    }

    private async Task PageAsync(string why, CancellationToken ct)
    {
        if (_paged)
        {
            return;
        }

        if (await post.SendAsync(Message(why, resolves: false), ct) is { } refused)
        {
            log.AlertNotSent("ending_only", refused);
            return;
        }

        _paged = true;
    }

    private AlertMessage Message(string why, bool resolves) => new()
    {
        Key = "ending_only:store",
        Resolves = resolves,
        Summary = $"DbChatOps only ends access: {why}",
        Source = "dbchatops",
        Component = "store",
        At = _since ?? _clock.GetUtcNow(),
    };
}
