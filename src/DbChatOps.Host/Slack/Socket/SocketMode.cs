using System.Collections.Concurrent;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Slack.Socket;

/// <summary>
/// Where Slack comes in without an open port: two connections, opened some time apart so that Slack does not recycle them together. A
/// replacement is opened and greeted before the one that Slack announces the end of is retired, so that no click meets a closed door.
/// </summary>
public sealed class SocketMode : BackgroundService
{
    private const string What = "slack_socket";

    /// <summary>Slack takes up to ten, for all processes of the app together.</summary>
    private const int Links = 2;

    private readonly SlackWebApi _api;
    private readonly SlackReception _reception;
    private readonly SlackSettings _settings;
    private readonly Secret _token;
    private readonly Alarms _alarms;
    private readonly Health _health;
    private readonly SocketPacing _pacing;
    private readonly WayIn _way;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<SocketLink, byte> _open = new(ReferenceEqualityComparer.Instance);

    /// <summary>Checks the settings it depends on.</summary>
    /// <exception cref="ArgumentException">No app-level token.</exception>
    public SocketMode(SlackWebApi api, SlackReception reception, SlackSettings settings, Alarms alarms, Health health, SocketPacing pacing, WayIn way, TimeProvider clock, ILogger<SocketMode> log)
    {
        _token = settings.AppToken ?? throw new ArgumentException("Slack.AppToken is needed in mode Socket.", nameof(settings));
        (_api, _reception, _settings, _alarms, _health, _pacing, _way, _clock, _log) = (api, reception, settings, alarms, health, pacing, way, clock, log);
    }

    /// <summary>How many connections bring deliveries now.</summary>
    public int Open => _open.Count;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _health.Degrade(What, "Slack: no socket is open yet");
        return Task.WhenAll(Enumerable.Range(0, Links).Select(index => KeepOpenAsync(_pacing.Apart * index, stoppingToken)));
    }

    /// <summary>Whatever goes wrong with sockets must not end the process: it goes on ending access.</summary>
    private async Task KeepOpenAsync(TimeSpan delay, CancellationToken ct)
    {
        await Task.Delay(delay, _clock, ct);
        while (true)
        {
            try
            {
                await HoldAsync(ct);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                _log.SocketFailed(fault);
                await Task.Delay(_pacing.Longest, _clock, ct);
            }
        }
    }

    private async Task HoldAsync(CancellationToken ct)
    {
        var link = await OpenAsync(ct);
        try
        {
            while (true)
            {
                var end = await link.Ending.WaitAsync(ct);
                var next = end == SocketEnd.Refreshed ? await ReplaceAsync(link, ct) : null;
                var old = link;
                _open.TryRemove(old, out _);
                if (next is null)
                {
                    await RetireAsync(old, end, ct);
                    link = await OpenAsync(ct);
                }
                else
                {
                    link = next;
                    await old.RetireAsync();
                }
            }
        }
        finally
        {
            _open.TryRemove(link, out _);
            await link.RetireAsync();
        }
    }

    /// <summary>The replacement; null when the old line is gone before there is one.</summary>
    private async Task<SocketLink?> ReplaceAsync(SocketLink old, CancellationToken ct)
    {
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var opening = OpenAsync(hurry.Token);
        if (await Task.WhenAny(opening, old.Closed) == opening)
        {
            return await opening;
        }

        await hurry.CancelAsync();
        try
        {
            return await opening;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>For one that left nothing in its place: says so, and waits for the reason to go away.</summary>
    private async Task RetireAsync(SocketLink old, SocketEnd end, CancellationToken ct)
    {
        if (Open == 0)
        {
            _health.Degrade(What, "Slack: no socket is open, so nobody's click arrives");
        }

        if (end == SocketEnd.Disabled)
        {
            await ComplainAsync("Socket Mode is switched off for this app.", ct);
        }

        await old.RetireAsync();
        switch (end)
        {
            case SocketEnd.Disabled:
                await Task.Delay(_pacing.BetweenLooks, _clock, ct);
                break;
            case SocketEnd.TooMany:
                await Task.Delay(_pacing.AfterTooMany, _clock, ct);
                break;
            default:
                await Task.Delay(Jittered(_pacing.AfterLoss), _clock, ct);
                break;
        }
    }

    /// <summary>Tries until it is greeted. Each try asks for a fresh address, because one can be used once.</summary>
    private async Task<SocketLink> OpenAsync(CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            TimeSpan wait;
            try
            {
                var answer = await _api.CallAsync("apps.connections.open", _token, [], ct);
                var url = _api.Hosts.Socket(answer.Text("url")) ?? throw new ChatRefusedException("foreign_socket", "Slack named a socket that is not Slack's.");
                var link = await SocketLink.OpenAsync(url, _settings.AppId, _pacing.Heartbeat, _reception, _log, ct);
                await GreetedAsync(link, ct);
                return link;
            }
            catch (ChatUnavailableException fault)
            {
                _log.SocketNotOpened(fault.Message);
                wait = fault.RetryAfter ?? Jittered(Backoff.After(attempt, _pacing.Longest));
            }
            catch (ChatRefusedException fault)
            {
                await ComplainAsync(fault.Message, ct);
                wait = _pacing.BetweenLooks;
            }

            await Task.Delay(wait, _clock, ct);
        }
    }

    private async Task GreetedAsync(SocketLink link, CancellationToken ct)
    {
        _open.TryAdd(link, 0);
        var open = Open;
        _log.SocketOpened(open, link.CountedBySlack);
        _health.Recover(What);
        _way.Opened();
        await _alarms.ResolveAsync(What, ct);

        // One more than we hold is the one that is just being retired.
        if (link.CountedBySlack > open + 1 && link.CountedBySlack > Links + 1)
        {
            _log.SocketGhosts(link.CountedBySlack, open);
        }
    }

    private async Task ComplainAsync(string why, CancellationToken ct)
    {
        _health.Degrade(What, $"Slack: {why}");
        await _alarms.RaiseAsync(What, "slack", $"Nobody's click arrives by socket: {why} It is tried again every {PlainText.Duration(_pacing.BetweenLooks)}.", ct);
    }

    /// <summary>Many bots that lost Slack in one moment must not come back in one moment.</summary>
    private static TimeSpan Jittered(TimeSpan wait) => wait * (0.75 + (Random.Shared.NextDouble() / 2));
}
