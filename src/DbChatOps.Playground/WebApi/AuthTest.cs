using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

internal sealed class AuthTest : IWebApiMethod
{
    public string Name => "auth.test";
    public string? Scope => null;
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call) => new()
    {
        ["url"] = call.Address.AbsoluteUri,
        ["team"] = Seed.TeamName,
        ["user"] = Seed.Bot.Handle,
        ["team_id"] = Seed.TeamId,
        ["user_id"] = Seed.BotUserId,
        ["bot_id"] = Seed.BotId,
        ["is_enterprise_install"] = false,
    };
}
