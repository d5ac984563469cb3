using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Which organisation is ours, and in which realm a person lives. The realm comes from our configuration and never from the payload where the
/// team is ours: Slack names the enterprise in some payloads and leaves it out in others, and one person must not become two.
/// </summary>
public sealed class SlackTenant
{
    public const string Platform = "slack";

    private readonly HashSet<string> _ours;
    private readonly string? _enterprise;
    private readonly string _appId;

    public SlackTenant(SlackSettings settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(settings.AppId, nameof(settings));
        _appId = settings.AppId;
        _enterprise = string.IsNullOrWhiteSpace(settings.EnterpriseId) ? null : settings.EnterpriseId;
        _ours = new HashSet<string>(settings.TeamIds, StringComparer.Ordinal);
        if (_enterprise is not null)
        {
            _ours.Add(_enterprise);
        }
    }

    public bool IsOurApp(string? appId) => appId == _appId;

    /// <summary>True for one of our workspaces, and for our enterprise where Slack names that instead.</summary>
    public bool IsOurs(string? teamOrEnterprise) => teamOrEnterprise is { Length: > 0 } id && _ours.Contains(id);

    /// <summary>True when an organisation is named and it is not ours.</summary>
    public bool IsForeign(string? teamOrEnterprise) => teamOrEnterprise is { Length: > 0 } id && !_ours.Contains(id);

    /// <summary>The person as we know them; somebody from outside keeps the realm they came with.</summary>
    public PersonId Person(string user, string? team) =>
        new(Platform, IsOurs(team) ? _enterprise ?? team! : team is { Length: > 0 } ? team : "unknown", user);

    /// <summary>True for somebody of our own organisation: only there does a user id alone name a person, as where Slack is told whom to write to.</summary>
    public bool IsOurRealm(PersonId person) => person.Platform == Platform && IsOurs(person.Realm);
}
