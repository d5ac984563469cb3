using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

internal sealed class UsergroupsList : IWebApiMethod
{
    public string Name => "usergroups.list";
    public string? Scope => "usergroups:read";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call) => new()
    {
        ["usergroups"] = Json.Array(call.World.Groups.Values
            .Where(group => !group.IsDisabled || call.Flag("include_disabled"))
            .Select(group => group.ToJson(call.Flag("include_users")))),
    };
}

internal sealed class UsergroupsUsersList : IWebApiMethod
{
    public string Name => "usergroups.users.list";
    public string? Scope => "usergroups:read";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call)
    {
        var group = call.World.Groups.GetValueOrDefault(call.Required("usergroup"));
        if (group is null || (group.IsDisabled && !call.Flag("include_disabled"))) throw new SlackErrorException("no_such_subteam");
        return new JsonObject { ["users"] = Json.Array(group.Members) };
    }
}
