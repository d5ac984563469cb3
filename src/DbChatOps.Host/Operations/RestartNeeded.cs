using DbChatOps.Host.Configuration;
using DbChatOps.Host.Slack;

namespace DbChatOps.Host.Operations;

/// <summary>
/// Settings that are read at the start only. A reload that changes one is refused whole, so that nobody believes in half of a configuration.
/// Targets, policies, groups, people, alerts, channels, the bot token and credentials need no restart.
/// </summary>
public static class RestartNeeded
{
    public static IReadOnlyList<SettingProblem> Problems(Settings before, Settings after)
    {
        List<SettingProblem> problems = [];
        Same("Instance.Id", before.Instance.Id, after.Instance.Id);
        Same("Instance.Key", before.Instance.Key.Reveal(), after.Instance.Key.Reveal());
        Same("Store.ConnectionString", before.Store.ConnectionString.Reveal(), after.Store.ConnectionString.Reveal());
        Same("Slack.Mode", before.SlackMode, after.SlackMode);
        Slack(before.Slack, after.Slack);
        return problems;

        void Slack(SlackSettings was, SlackSettings now)
        {
            Same("Slack.ApiBaseUrl", was.ApiBaseUrl, now.ApiBaseUrl);
            Same("Slack.SigningSecret", was.SigningSecret.Reveal(), now.SigningSecret.Reveal());
            Same("Slack.AppToken", was.AppToken?.Reveal(), now.AppToken?.Reveal());
            Same("Slack.AppId", was.AppId, now.AppId);
            Same("Slack.EnterpriseId", was.EnterpriseId, now.EnterpriseId);
            Same("Slack.TeamIds", string.Join(',', was.TeamIds), string.Join(',', now.TeamIds));
            Same("Slack.DatabaseCommand", was.DatabaseCommand, now.DatabaseCommand);
        }

        void Same<T>(string path, T was, T now)
        {
            if (!EqualityComparer<T>.Default.Equals(was, now))
            {
                problems.Add(new SettingProblem(path, "was changed: that takes effect at a restart only, so nothing of this configuration was taken"));
            }
        }
    }
}
