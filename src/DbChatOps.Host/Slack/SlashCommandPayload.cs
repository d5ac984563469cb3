using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>A typed slash command. Only ids identify: names of users and channels in the payload are decoration, the token is never read.</summary>
internal static class SlashCommandPayload
{
    public static Arrival Read(Func<string, string?> field, Reading reading)
    {
        if (!reading.Tenant.IsOurApp(field("api_app_id")))
        {
            return new Arrival.NotOurs("a slash command for another app");
        }

        var team = Reading.OptionalId(field("team_id"), "team");
        var enterprise = Reading.OptionalId(field("enterprise_id"), "enterprise");
        if (!reading.Tenant.IsOurs(team ?? enterprise))
        {
            // A partner in a shared channel, or another installation of our app; the payload does not tell which, and both deserve a sentence.
            return new Arrival.Outsider("a slash command from another workspace");
        }

        return Arrival.Of(new Delivery
        {
            Key = Reading.Key("trigger", Required(field, "trigger_id")),
            Kind = DeliveryKind.SlashCommand,
            ReceivedAt = reading.Now,
            Person = reading.Tenant.Person(Reading.RequiredId(field("user_id"), "user"), team ?? enterprise),
            Action = Required(field, "command"),
            Text = Reading.Unescape(field("text")),
            Channel = Reading.OptionalId(field("channel_id"), "channel"),
            TriggerId = field("trigger_id"),
            ResponseUrl = reading.ResponseUrl(field("response_url")),
        });
    }

    private static string Required(Func<string, string?> field, string name) =>
        field(name) is { Length: > 0 } value ? value : throw new MalformedPayloadException($"The command has no {name}.");
}
