using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>A typed slash command. Only ids identify: names of users and channels in the payload are decoration, the token is never read.</summary>
internal static class SlashCommandPayload
{
    public static Arrival Read(FormBody form, Reading reading)
    {
        if (!reading.Tenant.IsOurApp(form["api_app_id"]))
        {
            return new Arrival.NotOurs("a slash command for another app");
        }

        var team = Reading.OptionalId(form["team_id"], "team");
        var enterprise = Reading.OptionalId(form["enterprise_id"], "enterprise");
        if (!reading.Tenant.IsOurs(team ?? enterprise))
        {
            return new Arrival.NotOurs("a slash command from another workspace");
        }

        return Arrival.Of(new Delivery
        {
            Key = Reading.Key("trigger", Required(form, "trigger_id")),
            Kind = DeliveryKind.SlashCommand,
            ReceivedAt = reading.Now,
            Person = reading.Tenant.Person(Reading.RequiredId(form["user_id"], "user"), team ?? enterprise),
            Action = Required(form, "command"),
            Text = Reading.Unescape(form["text"]),
            Channel = Reading.OptionalId(form["channel_id"], "channel"),
            TriggerId = form["trigger_id"],
            ResponseUrl = reading.ResponseUrl(form["response_url"]),
        });
    }

    private static string Required(FormBody form, string name) =>
        form[name] is { Length: > 0 } value ? value : throw new MalformedPayloadException($"The command has no {name}.");
}
