using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

internal sealed class ConversationsHistory : IWebApiMethod
{
    public string Name => "conversations.history";
    public string? Scope => "channels:history";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call)
    {
        // A thread's replies are read with conversations.replies; ephemeral messages are in nobody's history.
        var messages = call.Messages(message => message.ThreadTs is null || string.Equals(message.ThreadTs, message.Ts, StringComparison.Ordinal));
        return call.PageOf([.. messages.Reverse()]);
    }
}

internal sealed class ConversationsReplies : IWebApiMethod
{
    public string Name => "conversations.replies";
    public string? Scope => "channels:history";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call)
    {
        var parent = call.Required("ts");
        var messages = call.Messages(message =>
            string.Equals(message.Ts, parent, StringComparison.Ordinal) || string.Equals(message.ThreadTs, parent, StringComparison.Ordinal));
        if (messages.Count == 0) throw new SlackErrorException("thread_not_found");
        return call.PageOf(messages);
    }
}

internal static class HistoryReading
{
    public static IReadOnlyList<SlackMessage> Messages(this ApiCall call, Func<SlackMessage, bool> isWanted)
    {
        var channel = call.Channel();
        if (!ApiCall.HasJoined(channel)) throw new SlackErrorException("not_in_channel");

        var oldest = call.Text("oldest") ?? "";
        var latest = call.Text("latest") ?? "~";
        var inclusive = call.Flag("inclusive");
        return [.. call.World.Messages.Values
            .Where(message => !message.IsEphemeral && string.Equals(message.ChannelId, channel.Id, StringComparison.Ordinal))
            .Where(message => IsAfter(message.Ts, oldest, inclusive) && IsAfter(latest, message.Ts, inclusive))
            .Where(isWanted)];
    }

    public static JsonObject PageOf(this ApiCall call, IReadOnlyList<SlackMessage> messages)
    {
        var (page, metadata) = call.Page(messages);
        var withMetadata = call.Flag("include_all_metadata");
        return new JsonObject
        {
            ["messages"] = Json.Array(page.Select(message => message.ToJson(withMetadata))),
            ["has_more"] = metadata.Text("next_cursor") is { Length: > 0 },
            ["pin_count"] = 0,
            ["response_metadata"] = metadata,
        };
    }

    /// <summary>Stamps of one length compare as text; a caller's bare seconds ("1795335000") do so too.</summary>
    private static bool IsAfter(string later, string earlier, bool orSame)
    {
        var order = string.CompareOrdinal(later, earlier);
        return order > 0 || (orSame && order == 0);
    }
}
