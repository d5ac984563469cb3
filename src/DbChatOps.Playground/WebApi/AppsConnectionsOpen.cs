using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

/// <summary>Gives the address of one socket; it can be used once.</summary>
internal sealed class AppsConnectionsOpen : IWebApiMethod
{
    public string Name => "apps.connections.open";
    public string? Scope => null;
    public bool AcceptsJson => true;
    public bool WantsAppToken => true;

    public JsonObject Answer(ApiCall call)
    {
        var ticket = call.World.IssueSocketTicket();
        return new JsonObject { ["url"] = new UriBuilder(call.Address) { Scheme = "ws", Path = "link/", Query = $"ticket={ticket}&app_id={World.Seed.AppId}" }.Uri.AbsoluteUri };
    }
}
