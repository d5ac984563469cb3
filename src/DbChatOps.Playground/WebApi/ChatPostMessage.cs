using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

internal sealed class ChatPostMessage : IWebApiMethod
{
    public string Name => "chat.postMessage";
    public string? Scope => "chat:write";
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var channel = call.Channel();
        if (call.World.TakeTurn(channel.Id) is { } wait) throw new SlackErrorException("ratelimited") { RetryAfter = wait };
        call.RequireMayPost(channel);

        var message = call.Draft(channel) with { Ts = call.World.NextTs() };
        call.World.Messages[message.Ts] = message;
        return new JsonObject { ["channel"] = channel.Id, ["ts"] = message.Ts, ["message"] = message.ToJson(withMetadata: true) };
    }
}
