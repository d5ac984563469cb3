using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>Cards and dialogs in Slack.</summary>
public sealed class SlackPlatform(SlackWebApi api, SlackSettings settings, ChannelPace pace, ILogger<SlackPlatform> log) : IChatPlatform
{
    private const string CardEvent = "dbchatops_card";

    /// <summary>A clock that runs ahead of Slack's must not hide a message.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private const int MostPages = 5;

    private readonly SlackTenant _tenant = new(settings);
    private readonly ConcurrentDictionary<string, string> _directChannels = new(StringComparer.Ordinal);
    private Known? _known;

    /// <summary>Asks Slack who we are; later calls answer from memory, until there is another token.</summary>
    /// <exception cref="SlackAccountException">The token belongs to another organisation than the configured one.</exception>
    public async Task<SlackAccount> ConnectAsync(CancellationToken ct)
    {
        var token = api.Token;
        if (_known is { } known && ReferenceEquals(known.Token, token))
        {
            return known.Account;
        }

        var account = SlackAccount.Of(await api.CallAsync("auth.test", [], ct), settings);
        log.Connected(account.BotUser, account.Team);
        _known = new Known(token, account);
        return account;
    }

    public async Task<MessageReference> PostAsync(Place place, Card card, string cardKey, CancellationToken ct)
    {
        try
        {
            return await PostOnceAsync(place, card, cardKey, ct);
        }
        catch (ChatRefusedException e) when (e.Code == "channel_not_found" && place is Place.Direct direct && _directChannels.TryRemove(direct.Person.User, out _))
        {
            // An app that was installed anew has other direct conversations.
            return await PostOnceAsync(place, card, cardKey, ct);
        }
    }

    public async Task UpdateAsync(MessageReference message, Card card, CancellationToken ct)
    {
        await pace.WaitAsync(message.Channel, ct);
        await api.CallAsync("chat.update", [.. Message(message.Channel, card), new("ts", message.Id)], ct);
    }

    public async Task<MessageReference?> FindAsync(Place place, string cardKey, DateTimeOffset since, CancellationToken ct)
    {
        var account = await ConnectAsync(ct);
        var channel = await ChannelAsync(place, ct);
        var oldest = (since - Skew).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var cursor = "";
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await api.CallAsync(
                "conversations.history",
                [
                    new("channel", channel), new("oldest", oldest), new("limit", "200"), new("include_all_metadata", "true"),
                    .. cursor.Length > 0 ? [new KeyValuePair<string, string>("cursor", cursor)] : Array.Empty<KeyValuePair<string, string>>(),
                ],
                ct);

            // Metadata can be written by every app: only what we posted ourselves is ours.
            var found = answer.Items("messages").FirstOrDefault(message =>
                message.Text("metadata", "event_type") == CardEvent && message.Text("metadata", "event_payload", "key") == cardKey && account.Wrote(message));
            if (found.Text("ts") is { } ts)
            {
                return new MessageReference(channel, ts);
            }

            cursor = answer.Text("response_metadata", "next_cursor") ?? "";
            if (cursor.Length == 0)
            {
                return null;
            }
        }

        return null;
    }

    public Task ReplyAsync(Secret responseUrl, Card card, CancellationToken ct)
    {
        var message = BlockKitPresenter.Message(card).Speaking(settings.DatabaseCommand);
        message["response_type"] = "ephemeral";
        message["replace_original"] = false;
        return api.RespondAsync(responseUrl, message, ct);
    }

    public async Task WhisperAsync(PersonId person, string channel, string? threadId, Card card, CancellationToken ct)
    {
        if (!_tenant.IsOurRealm(person))
        {
            throw NotOurPerson();
        }

        KeyValuePair<string, string>[] thread = threadId is null ? [] : [new("thread_ts", threadId)];
        await api.CallAsync("chat.postEphemeral", [.. Message(channel, card), new("user", person.User), .. thread], ct);
    }

    public async Task<string> OpenAsync(string triggerId, Dialog dialog, string externalId, CancellationToken ct)
    {
        var view = BlockKitPresenter.View(dialog).Speaking(settings.DatabaseCommand);
        view["external_id"] = BlockKitText.Cut(externalId, 255);
        try
        {
            return Required((await api.CallAsync("views.open", [new("trigger_id", triggerId), new("view", BlockKitText.Json(view))], ct)).At("view"), "id");
        }
        catch (ChatRefusedException e) when (e.Code is "expired_trigger_id" or "exchanged_trigger_id" or "invalid_trigger_id" or "trigger_expired")
        {
            throw new TriggerExpiredException($"The dialog could not be opened: {e.Code}.");
        }
    }

    public async Task<bool> UpdateDialogAsync(string viewId, Dialog dialog, CancellationToken ct)
    {
        try
        {
            await api.CallAsync("views.update", [new("view_id", viewId), new("view", BlockKitText.Json(BlockKitPresenter.View(dialog).Speaking(settings.DatabaseCommand)))], ct);
            return true;
        }
        catch (ChatRefusedException e) when (e.Code is "not_found" or "view_not_found")
        {
            return false;
        }
    }

    public Task PublishHomeAsync(PersonId person, Home home, CancellationToken ct) => _tenant.IsOurRealm(person)
        ? api.CallAsync("views.publish", [new("user_id", person.User), new("view", BlockKitText.Json(BlockKitPresenter.Page(home).Speaking(settings.DatabaseCommand)))], ct)
        : throw NotOurPerson();

    public async Task<Uri?> LinkAsync(MessageReference message, CancellationToken ct)
    {
        try
        {
            var answer = await api.CallAsync("chat.getPermalink", [new("channel", message.Channel), new("message_ts", message.Id)], ct);
            return Uri.TryCreate(answer.Text("permalink"), UriKind.Absolute, out var link) ? link : null;
        }
        catch (ChatRefusedException)
        {
            return null;
        }
    }

    private static ChatRefusedException NotOurPerson() => new("not_our_person", "Nothing is shown to people of other organisations.");

    private async Task<MessageReference> PostOnceAsync(Place place, Card card, string cardKey, CancellationToken ct)
    {
        var channel = await ChannelAsync(place, ct);
        await pace.WaitAsync(channel, ct);
        var metadata = new JsonObject { ["event_type"] = CardEvent, ["event_payload"] = new JsonObject { ["key"] = cardKey } };
        var answer = await api.CallAsync(
            "chat.postMessage",
            [.. Message(channel, card), new("metadata", BlockKitText.Json(metadata)), new("unfurl_links", "false"), new("unfurl_media", "false")],
            ct);
        return new MessageReference(Required(answer, "channel"), Required(answer, "ts"));
    }

    private KeyValuePair<string, string>[] Message(string channel, Card card)
    {
        var message = BlockKitPresenter.Message(card).Speaking(settings.DatabaseCommand);
        return
        [
            new("channel", channel),
            new("text", message["text"]!.GetValue<string>()),
            new("blocks", BlockKitText.Json(message["blocks"]!)),
            new("parse", "none"),
            new("link_names", "false"),
        ];
    }

    private async Task<string> ChannelAsync(Place place, CancellationToken ct)
    {
        switch (place)
        {
            case Place.InChannel channel:
                return channel.Id;
            case Place.Direct { Person: var person } when _tenant.IsOurRealm(person):
                if (!_directChannels.TryGetValue(person.User, out var known))
                {
                    known = Required((await api.CallAsync("conversations.open", [new("users", person.User)], ct)).At("channel"), "id");
                    _directChannels[person.User] = known;
                }

                return known;
            default:
                throw NotOurPerson();
        }
    }

    private static string Required(JsonElement answer, string member) =>
        answer.Text(member) ?? throw new ChatUnavailableException($"Slack's answer has no {member}.") { OutcomeUnknown = true };

    private sealed record Known(Secret Token, SlackAccount Account);
}
