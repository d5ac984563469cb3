using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

internal sealed class ChatDelete : IWebApiMethod
{
    public string Name => "chat.delete";
    public string? Scope => "chat:write";
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var channel = call.Channel();
        var ts = call.Required("ts");
        var message = call.World.Find(channel, ts);
        if (message is null || message.IsEphemeral) throw new SlackErrorException("message_not_found");
        if (!message.IsFromBot) throw new SlackErrorException("cant_delete_message");

        call.World.Messages.Remove(ts);
        return new JsonObject { ["channel"] = channel.Id, ["ts"] = ts };
    }
}
