using System.Text.Json;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>A pressed button, an entry of a message's menu, a submitted dialog, or the wish for suggestions. Blocks, texts and titles of messages and views are never read.</summary>
internal static class InteractionPayload
{
    private const int MostActions = 5;

    public static Arrival Read(JsonElement payload, Reading reading)
    {
        var type = payload.Text("type");
        if (type is not ("block_actions" or "view_submission" or "block_suggestion" or "message_action"))
        {
            return new Arrival.Ignored($"interaction {Known(type)}");
        }

        // Shortcuts need not say whose they are; their signature and tenant do.
        if (!reading.Tenant.IsOurApp(payload.Text("api_app_id")) && (type != "message_action" || payload.Text("api_app_id") is not null))
        {
            return new Arrival.NotOurs("an interaction for another app");
        }

        // Of a view, Slack says whose installation it belongs to; user, team and enterprise are the person's own, which may be another company's.
        if (reading.Tenant.IsForeign(payload.Text("view", "app_installed_team_id")))
        {
            return new Arrival.NotOurs("an interaction with another installation");
        }

        var who = Person(payload, reading);
        return type switch
        {
            "block_actions" => Pressed(payload, who, reading),
            "view_submission" => Arrival.Of(OfView(payload, who) with
            {
                Kind = DeliveryKind.DialogSubmitted,
                TriggerId = payload.Text("trigger_id"),
                Answers = ViewAnswers.Read(payload.At("view", "state", "values")),
            }),
            "message_action" => Arrival.Of(who with
            {
                Kind = DeliveryKind.MessageShortcut,
                Key = Reading.Key("trigger", Trigger(payload)),
                Action = payload.Text("callback_id") ?? "",
                MessageId = payload.Text("message_ts") ?? payload.Text("message", "ts"),
                TriggerId = Trigger(payload),
            }),
            _ => Arrival.Of(OfView(payload, who) with
            {
                Kind = DeliveryKind.Suggestion,
                Action = payload.Text("action_id") ?? "",
                Text = payload.Text("value") ?? "",
            }),
        };
    }

    private static Delivery Person(JsonElement payload, Reading reading)
    {
        var user = Reading.RequiredId(payload.Text("user", "id"), "user");
        string?[] organisations =
        [
            Reading.OptionalId(payload.Text("user", "team_id"), "team"),
            Reading.OptionalId(payload.Text("team", "id"), "team"),
            Reading.OptionalId(payload.Text("enterprise", "id"), "enterprise"),
        ];
        var home = organisations.FirstOrDefault(organisation => organisation is not null);
        return new Delivery
        {
            Key = "",
            Kind = default,
            ReceivedAt = reading.Now,
            Person = reading.Tenant.Person(user, home),
            FromOutside = home is null || organisations.Any(reading.Tenant.IsForeign),
            Channel = Reading.OptionalId(payload.Text("channel", "id") ?? payload.Text("container", "channel_id"), "channel"),
            ViewId = payload.Text("view", "id"),
            ResponseUrl = reading.ResponseUrl(payload.Text("response_url")),
        };
    }

    /// <summary>Each press has a trigger of its own, and Slack does not send one press twice; a wish for suggestions has only its view and what was typed.</summary>
    private static Delivery OfView(JsonElement payload, Delivery who) => who with
    {
        Key = payload.Text("trigger_id") is { Length: > 0 } trigger
            ? Reading.Key("trigger", trigger)
            : Reading.Key("view", payload.Text("type"), payload.Text("view", "id"), payload.Text("view", "hash"), payload.Text("value")),
        Action = payload.Text("view", "callback_id") ?? "",
        Value = payload.Text("view", "private_metadata") ?? "",
    };

    private static Arrival.Accepted Pressed(JsonElement payload, Delivery who, Reading reading)
    {
        var trigger = Trigger(payload);
        var deliveries = payload.Items("actions").Take(MostActions).Select((action, index) => who with
        {
            Key = index == 0 ? Reading.Key("trigger", trigger) : Reading.Key("trigger", trigger, action.Text("action_id"), action.Text("block_id")),
            Kind = DeliveryKind.ButtonPressed,
            Action = BlockKitPresenter.ActionOf(action.Text("action_id") ?? ""),
            Value = ViewAnswers.ValueOf(action),
            MessageId = payload.Text("container", "message_ts") ?? payload.Text("message", "ts"),
            IsEphemeral = payload.IsTrue("container", "is_ephemeral"),
            TriggerId = trigger,
        }).ToList();
        return deliveries.Count > 0 ? new Arrival.Accepted(deliveries) : throw new MalformedPayloadException("Nothing was pressed.");
    }

    private static string Trigger(JsonElement payload) =>
        payload.Text("trigger_id") is { Length: > 0 } id ? id : throw new MalformedPayloadException("The click has no trigger_id.");

    private static string Known(string? type) => type is "shortcut" or "view_closed" ? type : "of an unknown type";
}
