using System.Text.Json;

namespace DbChatOps.Host.Slack;

/// <summary>Who we are in Slack, by its own word (<c>auth.test</c>).</summary>
public sealed record SlackAccount(string BotUser, string BotId, string Team, string? Enterprise, string AppId)
{
    /// <summary>Reads the answer and holds it against the configuration.</summary>
    /// <exception cref="SlackAccountException">The token is not of a bot, or of an organisation that is not configured.</exception>
    internal static SlackAccount Of(JsonElement answer, SlackSettings settings)
    {
        var account = new SlackAccount(
            answer.Text("user_id") ?? "",
            answer.Text("bot_id") ?? throw new SlackAccountException("Slack.BotToken is not a bot's token."),
            answer.Text("team_id") ?? "",
            answer.Text("enterprise_id"),
            settings.AppId);
        if (!string.IsNullOrEmpty(account.Enterprise) && account.Enterprise != settings.EnterpriseId)
        {
            // Otherwise one person would be two: once named with the enterprise, once with the team.
            throw new SlackAccountException($"The token belongs to the organisation {account.Enterprise}; set Slack.EnterpriseId to it.");
        }

        return new SlackTenant(settings).IsOurs(account.Team)
            ? account
            : throw new SlackAccountException($"The token belongs to the workspace {account.Team}, which is not in Slack.TeamIds.");
    }

    /// <summary>True for a message (as history returns it) that this bot posted.</summary>
    internal bool Wrote(JsonElement message) => message.Text("bot_id") == BotId || message.Text("user") == BotUser;
}

/// <summary>The token and the configuration contradict each other; nothing may be served.</summary>
public sealed class SlackAccountException(string message) : Exception(message);
