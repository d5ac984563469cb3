using System.Security.Cryptography;
using DbChatOps.Chat;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Makes messages agree with states: draws the card, leaves an equal one alone, updates in place, and posts once. The intent to post is
/// stored before posting, so that a message whose answer was lost is found again by its key instead of being posted twice.
/// </summary>
public sealed class ChatLane(Cards cards, IMessageBook book, IChatPlatform chat, TimeProvider clock, ILogger<ChatLane> log) : ILaneWorker
{
    private const int TriesWhenRefused = 8;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    public string LanePrefix => Lanes.ChatPrefix;

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        var results = new List<RowResult>();
        foreach (var row in claim.Rows)
        {
            results.Add(await WorkAsync(row, ct));
        }

        return results;
    }

    private async Task<RowResult> WorkAsync(ClaimedRow row, CancellationToken ct)
    {
        try
        {
            switch (row.Row.Item)
            {
                case AgendaItem.Show show when await cards.DrawAsync(show.Card, ct) is { } placed:
                    await ShowAsync(show.Card, placed, ct);
                    break;
                case AgendaItem.Tell tell when await cards.DrawNoticeAsync(tell, ct) is { } placed:
                    await TellOnceAsync(row.Row.Key, placed, ct);
                    break;
            }

            return new RowResult(row, null);
        }
        catch (ChatUnavailableException fault)
        {
            return new RowResult(row, clock.GetUtcNow() + (fault.RetryAfter ?? Backoff.After(row.Attempts, LongestPause)));
        }
        catch (ChatRefusedException fault)
        {
            log.CardRefused(row.Row.Key, fault.Code);
            return new RowResult(row, row.Attempts < TriesWhenRefused ? clock.GetUtcNow() + Backoff.After(row.Attempts + 3, LongestPause) : null);
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
