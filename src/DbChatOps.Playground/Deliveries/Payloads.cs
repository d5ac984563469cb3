using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>The members that all interactivity payloads share, in the shapes of a workspace without Enterprise Grid.</summary>
internal static class Payloads
{
    /// <summary>The deprecated verification token; sent because Slack still sends it, worth nothing.</summary>
    public const string VerificationToken = "playground-verification-token";

    public static JsonObject Of(string type, SlackUser user) => new()
    {
        ["type"] = type,
        ["user"] = new JsonObject { ["id"] = user.Id, ["username"] = user.Handle, ["name"] = user.Handle, ["team_id"] = user.TeamId },
        ["api_app_id"] = Seed.AppId,
        ["token"] = VerificationToken,
        ["team"] = new JsonObject { ["id"] = user.TeamId, ["domain"] = DomainOf(user) },
        ["enterprise"] = null,
        ["is_enterprise_install"] = false,
    };

    public static JsonObject Channel(SlackChannel channel) => new() { ["id"] = channel.Id, ["name"] = channel.NameInCommands };

    /// <summary>When somebody pressed, to the millisecond, as Slack writes moments.</summary>
    public static string ActionTs(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeSeconds()}.{at.Millisecond:D3}000");

    /// <summary>Where a press on a message, or in its menu, can be answered.</summary>
    public static string AnswerAddress(Uri workspace, ResponseUrl url) => new Uri(workspace, $"actions/{Seed.TeamId}/{url.Ticket}").AbsoluteUri;

    public static string DomainOf(SlackUser user) => user.IsStranger ? "partner" : Seed.TeamDomain;

    /// <summary>The view as echoed; to a stranger's gesture it names their team, and ours only as the one that installed the app.</summary>
    public static JsonObject Echo(SlackView view, SlackUser user)
    {
        var echo = view.ToJson();
        echo["team_id"] = user.TeamId;
        return echo;
    }
}
