namespace DbChatOps.Host.Slack;

/// <summary>
/// The bot's token that Slack no longer takes, and why. Asking with it again is answered here; only a look of <see cref="TokenWatch"/>, or another
/// token, makes it worth a call.
/// </summary>
internal sealed class DeadToken
{
    /// <summary>Slack takes it, and it is not ours to use: everybody of ours would seem unknown.</summary>
    public const string AnotherWorkspace = "another_workspace";

    private volatile Found? _found;

    /// <summary>Called when it dies and when one lives again.</summary>
    public Action? Changed { get; set; }

    /// <summary>True for a no that is about the token, whatever was asked.</summary>
    public static bool IsAbout(string code) => code is "token_revoked" or "token_expired" or "invalid_auth" or "not_authed" or "account_inactive" or "team_disabled"
        or "user_removed_from_team" or "not_allowed_token_type" or "org_login_required" or "ekm_access_denied" or AnotherWorkspace;

    /// <summary>Slack's code; null while nothing is known against this token.</summary>
    public string? Why(Secret token) => _found is { } found && found.Token.Reveal() == token.Reveal() ? found.Code : null;

    public void Died(Secret token, string code)
    {
        var isNews = Why(token) is null;
        _found = new Found(token, code);
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

    private sealed record Found(Secret Token, string Code);
}
