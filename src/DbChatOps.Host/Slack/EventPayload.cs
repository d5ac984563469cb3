using System.Text.Json;
using System.Text.RegularExpressions;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Events that concern us: a mention, a direct message, the opened Home tab, a changed account or user group, the end of our tokens. Everything else
/// is acknowledged and passed over, above all other people's messages. Changes of channels are not followed: they are known by id, and one that takes
/// no cards shows itself when a card is due.
/// </summary>
internal static partial class EventPayload
{
    public static Arrival Read(JsonElement payload, Reading reading)
    {
        if (!reading.Tenant.IsOurApp(payload.Text("api_app_id")))
        {
            return new Arrival.NotOurs("an event for another app");
        }

        if (!IsOurInstallation(payload, reading.Tenant))
        {
            return new Arrival.NotOurs("an event of another installation");
        }

        var happened = payload.At("event");
        return happened.Text("type") switch
        {
            "app_mention" => Said(payload, happened, reading),
            "message" when happened.Text("channel_type") == "im" => Said(payload, happened, reading),
            "app_home_opened" when happened.Text("tab") == "home" =>
                Arrival.Of(From(payload, happened, reading) with { Kind = DeliveryKind.HomeOpened, ViewId = happened.Text("view", "id") }),
            NewsDesk.AccountChanged => Changed(payload, happened, reading),
            NewsDesk.GroupChanged or NewsDesk.MembersChanged => Arrival.Of(Blank(payload, happened, reading) with
            {
                Person = PersonId.Bot,
                Value = Reading.OptionalId(happened.Text("subteam", "id") ?? happened.Text("subteam_id"), "subteam") ?? "",
            }),
            NewsDesk.TokensRevoked or NewsDesk.AppRemoved => Arrival.Of(Blank(payload, happened, reading) with { Person = PersonId.Bot }),
            _ => new Arrival.Ignored("an event we do not follow"),
        };
    }

    private static bool IsOurInstallation(JsonElement payload, SlackTenant tenant) =>
        tenant.IsOurs(payload.Text("team_id")) || tenant.IsOurs(payload.Text("context_team_id")) || tenant.IsOurs(payload.Text("enterprise_id"))
        || payload.Items("authorizations").Any(installed => tenant.IsOurs(installed.Text("team_id")) || tenant.IsOurs(installed.Text("enterprise_id")));

    private static Arrival Said(JsonElement payload, JsonElement happened, Reading reading)
    {
        // Bots, edits, deletions, joins: nothing that a person says to us. Our own messages come back this way too.
        if (happened.Text("bot_id") is not null || happened.Text("app_id") is not null || happened.Text("subtype") is not null
            || happened.IsTrue("hidden") || happened.Text("user") is null)
        {
            return new Arrival.Ignored("a message that no person wrote");
        }

        return Arrival.Of(From(payload, happened, reading) with
        {
            Kind = DeliveryKind.Addressed,
            ThreadId = happened.Text("thread_ts"),
            Text = Reading.Unescape(LeadingMention().Replace(happened.Text("text") ?? "", "", 1)),
            MessageId = happened.Text("ts"),
        });
    }

    /// <summary>Only whose account it is; what it is now is asked of the directory.</summary>
    private static Arrival Changed(JsonElement payload, JsonElement happened, Reading reading)
    {
        var user = Reading.RequiredId(happened.Text("user", "id"), "user");
        string?[] organisations = [happened.Text("user", "team_id"), happened.Text("user", "enterprise_user", "enterprise_id")];
        return organisations.Any(reading.Tenant.IsForeign) && !organisations.Any(reading.Tenant.IsOurs)
            ? new Arrival.Ignored("a change of an account elsewhere")
            : Arrival.Of(Blank(payload, happened, reading) with
            {
                Person = reading.Tenant.Person(user, organisations.FirstOrDefault(reading.Tenant.IsOurs) ?? OurTeam(payload, reading.Tenant)),
            });
    }

    private static Delivery From(JsonElement payload, JsonElement happened, Reading reading)
    {
        string?[] teams =
        [
            Reading.OptionalId(happened.Text("user_team"), "team"),
            Reading.OptionalId(happened.Text("team"), "team"),
            Reading.OptionalId(happened.Text("source_team"), "team"),
        ];
        var home = teams.FirstOrDefault(reading.Tenant.IsForeign) ?? teams.FirstOrDefault(team => team is not null);
        var shared = payload.IsTrue("is_ext_shared_channel");
        return Blank(payload, happened, reading) with
        {
            Person = reading.Tenant.Person(
                Reading.RequiredId(happened.Text("user"), "user"),
                home ?? (shared ? null : OurTeam(payload, reading.Tenant))),
            FromOutside = reading.Tenant.IsForeign(home) || (shared && home is null),
        };
    }

    /// <summary>Some events name no team of the person; outside shared channels it is the installation's.</summary>
    private static string? OurTeam(JsonElement payload, SlackTenant tenant) => payload.Items("authorizations")
        .Select(installed => installed.Text("team_id"))
        .Prepend(payload.Text("context_team_id"))
        .Prepend(payload.Text("team_id"))
        .Append(payload.Text("enterprise_id"))
        .FirstOrDefault(tenant.IsOurs);

    private static Delivery Blank(JsonElement payload, JsonElement happened, Reading reading) => new()
    {
        Key = payload.Text("event_id") is { Length: > 0 } id ? Reading.Key("event", id) : throw new MalformedPayloadException("The event has no event_id."),
        Kind = DeliveryKind.Event,
        ReceivedAt = reading.Now,
        Person = PersonId.Bot,
        Action = happened.Text("type") ?? "",
        Channel = Reading.OptionalId(happened.Text("channel"), "channel"),
    };

    [GeneratedRegex(@"^\s*<@[A-Z0-9]{1,64}(\|[^>]{0,80})?>\s*", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LeadingMention();
}
