using System.Text.Json;
using System.Text.Json.Nodes;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Slack;

/// <summary>
/// What happens with a payload once its way in has been believed, the same for HTTP and socket: app and tenant, an allow-list of fields, the
/// decision, and the answer that Slack shows. Redeliveries carry the same delivery key, which the inbox remembers for a day.
/// </summary>
public sealed class SlackReception
{
    private readonly string _command;
    private readonly SlackTenant _tenant;
    private readonly SlackHosts _hosts;
    private readonly IDeliveryHandler _handler;
    private readonly IChatPlatform _platform;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly OpenWork _replies = new();

    /// <summary>Of the process, and of no connection: what arrived is worked even when the line that brought it is gone.</summary>
    private readonly CancellationToken _stopping;

    /// <summary>Checks the settings it depends on.</summary>
    /// <exception cref="ArgumentException">No app id, or an unsafe API address.</exception>
    public SlackReception(SlackSettings settings, IDeliveryHandler handler, IChatPlatform platform, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<SlackReception> log)
    {
        _command = settings.DatabaseCommand;
        _tenant = new SlackTenant(settings);
        _hosts = new SlackHosts(settings.ApiBaseUrl);
        (_handler, _platform, _time, _stopping, _log) = (handler, platform, time, lifetime.ApplicationStopping, log);
    }

    /// <summary>Answers that are on their way after their acknowledgement.</summary>
    public IReadOnlyCollection<Task> UnderWay => _replies.Tasks;

    /// <summary>A typed command: <paramref name="field"/> gives a field of the payload by its name.</summary>
    internal Arrival ReadCommand(Func<string, string?> field) => SlashCommandPayload.Read(field, Reading());

    internal Arrival ReadInteraction(JsonElement payload) => InteractionPayload.Read(payload, Reading());

    /// <summary>An event with its envelope.</summary>
    internal Arrival ReadEvent(JsonElement payload)
    {
        switch (payload.Text("type"))
        {
            case "app_rate_limited":
                _log.EventsWereDropped();
                return new Arrival.Ignored("a note about dropped events");
            case "event_callback":
                return EventPayload.Read(payload, Reading());
            default:
                return new Arrival.Ignored("an outer event of an unknown type");
        }
    }

    /// <summary>Hands the delivery on and says what Slack is answered. Never throws for what the store or the platform does.</summary>
    internal async Task<Answer> AnswerAsync(Delivery delivery)
    {
        Acknowledgement acknowledgement;
        try
        {
            acknowledgement = await _handler.HandleAsync(delivery, _stopping);
        }
        catch (LedgerUnavailableException)
        {
            _log.DeliveryNotStored(delivery.Kind);
            // Slack repeats an event that is not acknowledged and tells a person that the press failed; both are true.
            return delivery.Kind == DeliveryKind.SlashCommand
                ? new Answer(AcknowledgementBody.Sorry("Nothing was done: the store cannot be written. Please try again."))
                : Answer.NotStored;
        }

        if (acknowledgement is Acknowledgement.Reply reply && delivery.Kind is DeliveryKind.ButtonPressed or DeliveryKind.MessageShortcut)
        {
            // The body of an answer to a click is not shown; the person is told afterwards.
            return new Answer(null) { Afterwards = reply.Card };
        }

        var body = AcknowledgementBody.Of(delivery.Kind, acknowledgement);
        if (body is null && acknowledgement is not Acknowledgement.Nothing)
        {
            _log.AnswerNotShown(acknowledgement.GetType().Name, delivery.Kind);
        }

        return new Answer(body?.Speaking(_command));
    }

    /// <summary>Tells the person what an acknowledgement could not, once Slack has it. Nobody waits for it: neither the line nor who comes next on it.</summary>
    internal void ReplyAfterwards(Delivery delivery, Card card) => _replies.Add(ReplyAsync(delivery, card));

    private async Task ReplyAsync(Delivery delivery, Card card)
    {
        if (delivery.ResponseUrl is not { } url)
        {
            _log.AnswerNotShown(nameof(Acknowledgement.Reply), delivery.Kind);
            return;
        }

        try
        {
            await _platform.ReplyAsync(url, card, _stopping);
        }
        catch (Exception e) when (e is ChatUnavailableException or ChatRefusedException)
        {
            _log.AnswerLost(delivery.Kind, e.Message);
        }
    }

    private Reading Reading() => new(_tenant, _hosts, _time.GetUtcNow());

    /// <summary>What Slack is answered: a body or an empty yes.</summary>
    internal sealed record Answer(JsonObject? Body)
    {
        /// <summary>The delivery is not durable, and Slack must not be told otherwise.</summary>
        public static Answer NotStored { get; } = new((JsonObject?)null) { IsStored = false };

        public bool IsStored { get; private init; } = true;

        /// <summary>Said through the response URL, after the acknowledgement.</summary>
        public Card? Afterwards { get; init; }
    }
}
