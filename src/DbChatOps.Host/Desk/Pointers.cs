using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Points whoever spoke to the bot in words to what they can type. Nothing waits for it and nothing is lost without it, so of many at once most are dropped:
/// words cost nothing to write, and what they would use up of the platform's patience is needed for clicks.
/// </summary>
public sealed class Pointers(Identification identification, IChatPlatform chat, ILogger<Pointers> log)
{
    private const int MostAtOnce = 4;
    private int _underWay;

    public async Task GiveAsync(Delivery words, CancellationToken ct)
    {
        if (words.Channel is not { } channel)
        {
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _underWay) <= MostAtOnce)
            {
                var card = (await identification.OfAsync(words, ct)).TryGet(out _, out var refusal)
                    ? AccessReplies.Addressed(words.Text, isInThread: words.ThreadId is not null)
                    : AccessReplies.Refused(refusal);
                await chat.WhisperAsync(words.Person, channel, words.ThreadId, card, ct);
            }
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            log.AnswerLost(words.Key, fault);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
