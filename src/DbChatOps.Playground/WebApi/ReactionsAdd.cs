using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

internal sealed class ReactionsAdd : IWebApiMethod
{
    public string Name => "reactions.add";
    public string? Scope => "reactions:write";
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var channel = call.Channel();
        var name = call.Required("name");
        if (!name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '-' or '+' or ':'))
            throw new SlackErrorException("invalid_name");
        var message = call.World.Find(channel, call.Required("timestamp"));
        if (message is null || message.IsEphemeral) throw new SlackErrorException("message_not_found");
        var reaction = (name, Seed.BotUserId);
        if (message.Reactions.Contains(reaction)) throw new SlackErrorException("already_reacted");

        call.World.Messages[message.Ts] = message with { Reactions = message.Reactions.Add(reaction) };
        return [];
    }
}
