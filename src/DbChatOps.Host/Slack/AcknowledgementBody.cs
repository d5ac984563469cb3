using System.Text.Json.Nodes;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Slack;

/// <summary>What Slack is answered, over HTTP as the body and over a socket as the payload of the acknowledgement.</summary>
internal static class AcknowledgementBody
{
    /// <summary>Null is the empty answer; also for what Slack cannot show in answer to this kind.</summary>
    public static JsonObject? Of(DeliveryKind kind, Acknowledgement acknowledgement) => (kind, acknowledgement) switch
    {
        (DeliveryKind.SlashCommand, Acknowledgement.Reply reply) => Private(BlockKitPresenter.Message(reply.Card)),
        (DeliveryKind.DialogSubmitted, Acknowledgement.Reply reply) => Update(AccessDialogs.Answer(reply.Card)),
        (DeliveryKind.DialogSubmitted, Acknowledgement.ShowDialog show) => Update(show.Dialog),
        (DeliveryKind.DialogSubmitted, Acknowledgement.CloseAll) => new JsonObject { ["response_action"] = "clear" },
        (DeliveryKind.DialogSubmitted, Acknowledgement.FieldErrors { Errors.Count: > 0 } refused) => new JsonObject
        {
            ["response_action"] = "errors",
            ["errors"] = new JsonObject(refused.Errors.Select(error =>
                KeyValuePair.Create(BlockKitPresenter.InputId(error.Key), (JsonNode?)BlockKitText.PlainOrDash(error.Value, 300)))),
        },
        (DeliveryKind.Suggestion, Acknowledgement.Suggestions found) => new JsonObject { ["options"] = BlockKitPresenter.Options(found.Options) },
        (DeliveryKind.Suggestion, _) => new JsonObject { ["options"] = new JsonArray() },
        _ => null,
    };

    /// <summary>For whom nothing is looked up and nothing kept.</summary>
    public static JsonObject ForOutsiders => Sorry("Only members of this organisation can use DbChatOps. Nothing was done.");

    public static JsonObject Sorry(string sentence) => new() { ["response_type"] = "ephemeral", ["text"] = sentence };

    public static Task WriteAsync(HttpResponse response, JsonObject body, CancellationToken ct)
    {
        response.ContentType = "application/json; charset=utf-8";
        return response.WriteAsync(BlockKitText.Json(body), ct);
    }

    private static JsonObject Private(JsonObject message)
    {
        message["response_type"] = "ephemeral";
        return message;
    }

    private static JsonObject Update(Dialog dialog) => new() { ["response_action"] = "update", ["view"] = BlockKitPresenter.View(dialog) };
}
