using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

internal sealed class ChatGetPermalink : IWebApiMethod
{
    public string Name => "chat.getPermalink";
    public string? Scope => null;
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call)
    {
        var channel = call.Channel();
        var ts = call.Required("message_ts");
        if (call.World.Find(channel, ts) is null) throw new SlackErrorException("message_not_found");

        var digits = ts.Replace(".", "", StringComparison.Ordinal);
        return new JsonObject { ["channel"] = channel.Id, ["permalink"] = new Uri(call.Address, $"archives/{channel.Id}/p{digits}").AbsoluteUri };
    }
}
