using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

internal sealed class ChatPostEphemeral : IWebApiMethod
{
    public string Name => "chat.postEphemeral";
    public string? Scope => "chat:write";
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var channel = call.Channel();
        var viewer = call.Required("user");
        call.RequireMayPost(channel);
        if (!channel.Members.Contains(viewer)) throw new SlackErrorException("user_not_in_channel");

        var message = call.Draft(channel) with { Ts = call.World.NextTs(), OnlyFor = viewer };
        call.World.Messages[message.Ts] = message;
        return new JsonObject { ["message_ts"] = message.Ts };
    }
}
