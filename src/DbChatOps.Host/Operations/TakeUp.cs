using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Slack;

namespace DbChatOps.Host.Operations;

/// <summary>After a start: finds out who we are in chat, then takes up what an earlier process received and did not decide.</summary>
public sealed class TakeUp(SlackPlatform slack, Surveys surveys, FrontDesk desk, Readiness readiness, TimeProvider clock, ILogger<TakeUp> log) : BackgroundService
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await slack.ConnectAsync(stoppingToken);
                break;
            }
            catch (Exception fault) when (fault is Chat.ChatUnavailableException or Chat.ChatRefusedException)
            {
                log.SlackUnreachable(fault.Message);
                await Task.Delay(BetweenTries, clock, stoppingToken);
            }
        }

        await LookAtServersAsync(stoppingToken);
        await desk.TakeUpAsync(stoppingToken);
        readiness.IsReady = true;
    }

    /// <summary>The first request needs the servers' identities; one that is down must not hold up the rest.</summary>
    private async Task LookAtServersAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(FirstLook);
        try
        {
            await surveys.LookAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
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
