namespace DbChatOps.Host.Slack;

/// <summary>
/// The bot's token that Slack no longer takes, and why. Asking with it again is answered here; only a look of <see cref="TokenWatch"/>, or another
/// token, makes it worth a call.
/// </summary>
internal sealed class DeadToken
{
    private volatile Found? _found;

    /// <summary>Called when it dies and when one lives again.</summary>
    public Action? Changed { get; set; }

    /// <summary>True for a no that is about the token, whatever was asked.</summary>
    public static bool IsAbout(string code) => code is "token_revoked" or "token_expired" or "invalid_auth" or "not_authed" or "account_inactive" or "team_disabled";

    /// <summary>Slack's code; null while nothing is known against this token.</summary>
    public string? Why(Secret token) => _found is { } found && found.Token == token.Reveal() ? found.Code : null;

    public void Died(Secret token, string code)
    {
        var isNews = Why(token) is null;
        _found = new Found(token.Reveal(), code);
        if (isNews)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Slack took a token.</summary>
    public void Lives()
    {
        if (Interlocked.Exchange(ref _found, null) is not null)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>A class, because a record would print the token.</summary>
    private sealed class Found(string token, string code)
    {
        public string Token { get; } = token;

        public string Code { get; } = code;
    }
}
