using System.Text.Json.Nodes;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

internal sealed class ViewsUpdate : IWebApiMethod
{
    public string Name => "views.update";
    public string? Scope => null;
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var content = call.View();
        BlockKitCheck.Modal(content);
        var view = Named(call) ?? throw new SlackErrorException("not_found");
        if (call.Text("hash") is { } hash && !string.Equals(hash, view.Hash, StringComparison.Ordinal)) throw new SlackErrorException("hash_conflict");
        return new JsonObject { ["view"] = call.World.Update(view, content).ToJson() };
    }

    private static SlackView? Named(ApiCall call)
    {
        if (call.Text("view_id") is { } id) return call.World.Views.GetValueOrDefault(id);
        var externalId = call.Required("external_id");
        return call.World.Views.Values.FirstOrDefault(view => string.Equals(view.ExternalId, externalId, StringComparison.Ordinal));
    }
}

internal sealed class ViewsPublish : IWebApiMethod
{
    public string Name => "views.publish";
    public string? Scope => null;
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var content = call.View();
        BlockKitCheck.Home(content);
        var user = call.World.Users.GetValueOrDefault(call.Required("user_id"));
        // Slack publishes Home pages for people of the app's own workspace only.
        if (user is null || user.IsDeleted || user.IsBot || user.IsStranger)
            throw new SlackErrorException("invalid_arguments");
        var home = call.World.HomeOf(user.Id);
        if (call.Text("hash") is { } hash && home is not null && !string.Equals(hash, home.Hash, StringComparison.Ordinal))
            throw new SlackErrorException("hash_conflict");
        return new JsonObject { ["view"] = call.World.PublishHome(user.Id, content).ToJson() };
    }
}
