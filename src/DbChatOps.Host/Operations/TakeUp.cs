using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Slack;

namespace DbChatOps.Host.Operations;

/// <summary>After a start: finds out who we are in chat, then takes up what an earlier process received and did not decide.</summary>
public sealed class TakeUp(SlackPlatform slack, Surveys surveys, FrontDesk desk, WayIn way, Readiness readiness, Health health, TimeProvider clock, ILogger<TakeUp> log)
    : Recurring(clock, log)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(5);
    private readonly TimeProvider _clock = clock;
    private string? _said;

    protected override TimeSpan AfterFault => BetweenTries;

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        try
        {
            await slack.ConnectAsync(ct);
        }
        catch (Exception fault) when (fault is Chat.ChatUnavailableException or Chat.ChatRefusedException)
        {
            if (fault.Message != _said)
            {
                log.SlackUnreachable(fault.Message);
                _said = fault.Message;
            }

            health.Degrade("chat", fault.Message);
            return fault is Chat.ChatUnavailableException { RetryAfter: { } asked } && asked > BetweenTries ? asked : BetweenTries;
        }

        health.Recover("chat");
        await LookAtServersAsync(ct);
        await desk.TakeUpAsync(ct);
        await way.IsOpen.WaitAsync(ct);
        readiness.IsReady = true;
        log.Ready();
        return Timeout.InfiniteTimeSpan;
    }

    /// <summary>The first request needs the servers' identities; one that is down must not hold up the rest.</summary>
    private async Task LookAtServersAsync(CancellationToken ct)
    {
        try
        {
            await surveys.FirstLook.WaitAsync(FirstLook, _clock, ct);
        }
        catch (TimeoutException)
        {
            // It goes on in the background.
        }
    }
}

/// <summary>Whether requests can be served now.</summary>
public sealed class Readiness
{
    private volatile bool _isReady;

    public bool IsReady
    {
        get => _isReady;
        set => _isReady = value;
    }
}
