using System.Security.Cryptography;
using DbChatOps.Chat;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Makes messages agree with states: draws the card, leaves an equal one alone, updates in place, and posts once. The intent to post is
/// stored before posting, so that a message whose answer was lost is found again by its key instead of being posted twice. A card is shown as the
/// state is then, so that what was missed during an outage costs one message. Channels are known by id: a new name changes nothing.
/// </summary>
public sealed class ChatLane(Cards cards, IMessageBook book, IChatPlatform chat, ClosedChannels closed, TimeProvider clock, ILogger<ChatLane> log) : ILaneWorker
{
    /// <summary>Some hours of a pause of a minute: rows that only waited for an outage to end have tries behind them, too.</summary>
    private const int TriesWhenRefused = 500;

    /// <summary>So many in a row, and chat is down rather than one message difficult.</summary>
    private const int TriesInARow = 3;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    public string LanePrefix => Lanes.ChatPrefix;

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        var results = new List<RowResult>();
        var unanswered = 0;
        foreach (var row in claim.Rows)
        {
            if (unanswered == TriesInARow)
            {
                // The others are not tried, and are first next time.
                results.Add(new RowResult(row, clock.GetUtcNow() + (Backoff.After(row.Attempts, LongestPause) / 2)));
                continue;
            }

            try
            {
                results.Add(await WorkAsync(row, ct));
                unanswered = 0;
            }
            catch (ChatUnavailableException fault)
            {
                unanswered++;
                results.Add(new RowResult(row, clock.GetUtcNow() + (fault.RetryAfter ?? Backoff.After(row.Attempts, LongestPause))));
            }
        }

        return results;
    }

    private async Task<RowResult> WorkAsync(ClaimedRow row, CancellationToken ct)
    {
        var placed = row.Row.Item switch
        {
            AgendaItem.Show show => await cards.DrawAsync(show.Card, ct),
            AgendaItem.Tell tell => await cards.DrawNoticeAsync(tell, ct),
            _ => null,
        };
        if (placed is null)
        {
            return new RowResult(row, null);
        }

        if (closed.Until(placed.Place) is { } until)
        {
            return new RowResult(row, until);
        }

        try
        {
            await (row.Row.Item is AgendaItem.Show show ? ShowAsync(show.Card, placed, ct) : TellOnceAsync(row.Row.Key, placed, ct));
            await closed.OpenAsync(placed.Place, ct);
            return new RowResult(row, null);
        }
        catch (ChatRefusedException fault)
        {
            log.CardRefused(row.Row.Key, fault.Code);
            return placed.Place is Place.InChannel { Id: var channel } && ClosedChannels.IsAbout(fault.Code)
                ? new RowResult(row, await closed.CloseAsync(channel, fault, ct))
                : new RowResult(row, row.Attempts < TriesWhenRefused ? clock.GetUtcNow() + Backoff.After(row.Attempts + 3, LongestPause) : null);
        }
    }

    private async Task ShowAsync(string key, PlacedCard placed, CancellationToken ct)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(LedgerJson.Write(placed.Card)));
        var posted = await book.FindAsync(key, ct);
        if (posted?.Message is not { } message)
        {
            await PostAsync(key, placed, digest, posted?.PostingSince, ct);
        }
        else if (placed.Place is Place.InChannel { Id: var channel } && channel != message.Channel)
        {
            // It belongs into another channel now, and the old one may be anybody's.
            await PostAsync(key, placed, digest, null, ct);
        }
        else if (posted.ShownDigest != digest)
        {
            try
            {
                await chat.UpdateAsync(message, placed.Card, ct);
                await book.SaveAsync(posted with { ShownDigest = digest }, ct);
            }
            catch (ChatRefusedException fault) when (fault.Code is "message_not_found" or "cant_update_message" or "edit_window_closed")
            {
                // Somebody deleted it, or it can no longer be edited: what it says must be seen all the same.
                await PostAsync(key, placed, digest, null, ct);
            }
        }
    }

    private async Task TellOnceAsync(string key, PlacedCard placed, CancellationToken ct)
    {
        var posted = await book.FindAsync(key, ct);
        if (posted?.Message is null)
        {
            await PostAsync(key, placed, "", posted?.PostingSince, ct);
        }
    }

    private async Task PostAsync(string key, PlacedCard placed, string digest, DateTimeOffset? postingSince, CancellationToken ct)
    {
        if (postingSince is { } since && await chat.FindAsync(placed.Place, key, since, ct) is { } found)
        {
            await book.SaveAsync(new PostedCard { CardKey = key, Message = found }, ct);
            await ShowAsync(key, placed, ct);
            return;
        }

        await book.SaveAsync(new PostedCard { CardKey = key, PostingSince = postingSince ?? clock.GetUtcNow() }, ct);
        var message = await chat.PostAsync(placed.Place, placed.Card, key, ct);
        await book.SaveAsync(new PostedCard { CardKey = key, Message = message, ShownDigest = digest }, ct);
    }
}
