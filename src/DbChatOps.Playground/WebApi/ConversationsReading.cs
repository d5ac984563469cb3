using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

internal sealed class ConversationsInfo : IWebApiMethod
{
    public string Name => "conversations.info";
    public string? Scope => "channels:read";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call) => new() { ["channel"] = call.Channel().ToJson() };
}

internal sealed class ConversationsMembers : IWebApiMethod
{
    public string Name => "conversations.members";
    public string? Scope => "channels:read";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call)
    {
        var (page, metadata) = call.Page(call.Channel().Members.Order(StringComparer.Ordinal).ToList());
        return new JsonObject { ["members"] = Json.Array(page), ["response_metadata"] = metadata };
    }
}

internal sealed class ConversationsList : IWebApiMethod
{
    public string Name => "conversations.list";
    public string? Scope => "channels:read";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call)
    {
        var types = (call.Text("types") ?? "public_channel").Split(',', StringSplitOptions.TrimEntries);
        var wanted = call.World.Channels.Values
            .Where(channel => types.Contains(TypeOf(channel), StringComparer.Ordinal))
            .Where(channel => !channel.IsPrivate || ApiCall.HasJoined(channel))
            .Where(channel => !channel.IsArchived || !call.Flag("exclude_archived"))
            .OrderBy(channel => channel.Id, StringComparer.Ordinal)
            .ToList();
        var (page, metadata) = call.Page(wanted);
        return new JsonObject { ["channels"] = Json.Array(page.Select(channel => channel.ToJson())), ["response_metadata"] = metadata };
    }

    private static string TypeOf(SlackChannel channel) => channel.IsDirect ? "im" : channel.IsPrivate ? "private_channel" : "public_channel";
}
