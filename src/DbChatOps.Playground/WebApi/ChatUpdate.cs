using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

internal sealed class ChatUpdate : IWebApiMethod
{
    private const int LongestText = 4_000;

    public string Name => "chat.update";
    public string? Scope => "chat:write";
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var channel = call.Channel();
        var ts = call.Required("ts");
        if (channel.IsArchived) throw new SlackErrorException("is_inactive");
        var message = call.World.Find(channel, ts);
        if (message is null || message.IsEphemeral) throw new SlackErrorException("message_not_found");
        if (!message.IsFromBot) throw new SlackErrorException("cant_update_message");
        if (call.Text("text") is { Length: > LongestText }) throw new SlackErrorException("msg_too_long");

        // Text without blocks takes the old blocks away; blocks without text keep the old text.
        var (text, blocks, attachments) = call.Content();
        var updated = message with
        {
            Text = text.Length > 0 ? text : message.Text,
            Blocks = blocks,
            Attachments = attachments,
            Metadata = call.Metadata() ?? message.Metadata,
            EditedTs = call.World.NextTs(),
        };
        call.World.Messages[ts] = updated;
        return new JsonObject { ["channel"] = channel.Id, ["ts"] = ts, ["text"] = updated.Text, ["message"] = updated.ToJson(withMetadata: true) };
    }
}
