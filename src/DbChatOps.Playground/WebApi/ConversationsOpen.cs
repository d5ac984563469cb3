using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

internal sealed class ConversationsOpen : IWebApiMethod
{
    public string Name => "conversations.open";
    public string? Scope => "im:write";
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        if (call.Text("channel") is not null) return Opened(call.Channel(), known: true, whole: call.Flag("return_im"));

        var users = call.Text("users") ?? throw new SlackErrorException("users_list_not_supplied");
        // Conversations of several people with the bot are not part of this look-alike.
        if (users.Contains(',', StringComparison.Ordinal)) throw new SlackErrorException("method_not_supported_for_channel_type");
        var user = call.User("users");
        if (user.IsDeleted) throw new SlackErrorException("user_disabled");

        var known = call.World.Channels.Values.Any(channel => string.Equals(channel.Counterpart, user.Id, StringComparison.Ordinal));
        return Opened(call.World.DirectWith(user.Id), known, whole: call.Flag("return_im"));
    }

    private static JsonObject Opened(World.SlackChannel channel, bool known, bool whole)
    {
        var answer = new JsonObject();
        if (known)
        {
            answer["no_op"] = true;
            answer["already_open"] = true;
        }

        answer["channel"] = whole ? channel.ToJson() : new JsonObject { ["id"] = channel.Id };
        return answer;
    }
}
