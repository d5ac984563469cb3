using DbChatOps.Host.Desk;
using DbChatOps.Host.Slack;

namespace DbChatOps.Host.Operations;

/// <summary>After a start: finds out who we are in chat, then takes up what an earlier process received and did not decide.</summary>
public sealed class TakeUp(SlackPlatform slack, FrontDesk desk, Readiness readiness, TimeProvider clock, ILogger<TakeUp> log) : BackgroundService
{
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

        await desk.TakeUpAsync(stoppingToken);
        readiness.IsReady = true;
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
