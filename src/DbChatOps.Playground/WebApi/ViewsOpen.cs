using System.Text.Json.Nodes;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

internal sealed class ViewsOpen : IWebApiMethod
{
    public string Name => "views.open";
    public string? Scope => null;
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var view = call.View();
        BlockKitCheck.Modal(view);
        var trigger = call.TakeTrigger();
        return new JsonObject { ["view"] = call.World.Open(trigger.UserId, view).ToJson() };
    }
}

internal sealed class ViewsPush : IWebApiMethod
{
    public string Name => "views.push";
    public string? Scope => null;
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var view = call.View();
        BlockKitCheck.Modal(view);
        var trigger = call.TakeTrigger();
        if (trigger.ViewId is not { } beneath || !call.World.Views.ContainsKey(beneath)) throw new SlackErrorException("not_found");
        return new JsonObject { ["view"] = call.World.Push(trigger.UserId, view).ToJson() };
    }
}

internal static class ViewArguments
{
    public static JsonObject View(this ApiCall call) =>
        call.Object("view", malformed: "invalid_arguments") ?? throw SlackErrorException.MissingArgument("view");

    /// <summary>A refused view does not cost the trigger; a second view does.</summary>
    public static Trigger TakeTrigger(this ApiCall call)
    {
        var id = call.Text("trigger_id") ?? throw new SlackErrorException("invalid_arguments");
        var trigger = call.World.Triggers.GetValueOrDefault(id) ?? throw new SlackErrorException("invalid_trigger_id");
        if (trigger.IsExchanged) throw new SlackErrorException("exchanged_trigger_id");
        if (call.World.Now - trigger.IssuedAt > Trigger.Lifetime) throw new SlackErrorException("expired_trigger_id");
        return call.World.Triggers[id] = trigger with { IsExchanged = true };
    }
}
