using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Asks Slack every few minutes, and whenever there is reason to, whether it still takes the bot's token. Where it does not, chat is dead until an
/// operator acts: they are paged, health says so, and nothing else is asked of Slack meanwhile. Access ends on time all the same, and cards wait.
/// That the token was revoked or the app removed (<c>tokens_revoked</c>, <c>app_uninstalled</c>) is only a reason to look: the event may be about another token.
/// </summary>
public sealed class TokenWatch : Recurring
{
    private const string What = "slack_token";
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(5);

    private readonly SlackWebApi _api;
    private readonly Alarms _alarms;
    private readonly Health _health;

    public TokenWatch(SlackWebApi api, Alarms alarms, Health health, TimeProvider clock, ILogger<TokenWatch> log)
        : base(clock, log)
    {
        (_api, _alarms, _health) = (api, alarms, health);
        _api.Dead.Changed = Wake;
    }

    /// <summary>Asks once, whatever was found before. False when the token is dead; an unreachable Slack says nothing about it.</summary>
    public async Task<bool> LookAsync(CancellationToken ct)
    {
        try
        {
            await _api.ProbeAsync(ct);
        }
        catch (ChatUnavailableException) when (_api.Dead.Why(_api.Token) is null)
        {
            return true;
        }
        catch (ChatUnavailableException)
        {
            var why = _api.Dead.Why(_api.Token);
            _health.Degrade(What, $"Slack: the bot's token is not taken any more ({why})");
            await _alarms.RaiseAsync(
                What,
                "slack",
                $"Slack does not take the bot's token any more ({why}): nobody can ask, approve or reveal, and no card is shown. Install the app again if it was removed, put the new token in place and reload. Access still ends on time.",
                ct);
            return false;
        }

        _health.Recover(What);
        await _alarms.ResolveAsync(What, ct);
        return true;
    }

    public override void Dispose()
    {
        _api.Dead.Changed = null;
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        return Between;
    }
}
