using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

internal sealed class UsersInfo : IWebApiMethod
{
    public string Name => "users.info";
    public string? Scope => "users:read";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call) => new() { ["user"] = call.User("user").ToJson() };
}

internal sealed class UsersList : IWebApiMethod
{
    public string Name => "users.list";
    public string? Scope => "users:read";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call)
    {
        var (page, metadata) = call.Page(call.World.Users.Values.OrderBy(user => user.Id, StringComparer.Ordinal).ToList());
        return new JsonObject
        {
            ["members"] = Json.Array(page.Select(user => user.ToJson())),
            ["cache_ts"] = call.World.Now.ToUnixTimeSeconds(),
            ["response_metadata"] = metadata,
        };
    }
}
