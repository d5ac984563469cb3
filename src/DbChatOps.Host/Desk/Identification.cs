using System.Collections.Concurrent;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Policies;

namespace DbChatOps.Host.Desk;

/// <summary>Who somebody is and whether they may take part, asked of the directory now.</summary>
public sealed class Identification(IDirectory directory, Func<Rules> rules, TimeProvider clock)
{
    /// <summary>
    /// An account that may take no part is not asked about again for so long: its commands would use up what the directory answers everybody. One that the directory
    /// does not know is asked about each time: that may be the directory's mistake.
    /// </summary>
    private static readonly TimeSpan RefusalHolds = TimeSpan.FromMinutes(1);

    /// <summary>Bounds the memory; beyond it the table is cleared.</summary>
    private const int MostRefused = 10_000;

    private readonly ConcurrentDictionary<PersonId, (Refusal Refusal, DateTimeOffset Until)> _refused = new();
    private readonly Recent<PersonId, Result<Principal>> _suggested = new(Suggested.For, static person => person.Refused is null, clock);

    /// <summary>For suggestions, which decide nothing: may be up to ten seconds old.</summary>
    public Task<Result<Principal>> OfLatelyAsync(Delivery delivery, CancellationToken ct) =>
        delivery.FromOutside ? OfAsync(delivery, ct) : _suggested.GetAsync(delivery.Person, () => OfAsync(delivery, ct));

    /// <summary>Drops what is remembered about this account, because the directory reported a change.</summary>
    public void Forget(PersonId id)
    {
        _refused.TryRemove(id, out _);
        _suggested.Forget(id);
    }

    /// <summary>Whoever sent this; the payload itself may speak against them.</summary>
    public async Task<Result<Principal>> OfAsync(Delivery delivery, CancellationToken ct) => delivery.FromOutside
        ? new Refusal("stranger", "Only members of this organisation can use DbChatOps; you are here through a shared channel.")
        : await OfAsync(delivery.Person, ct);

    /// <summary>Silence is a refusal to try again, never a default.</summary>
    public async Task<Result<Principal>> OfAsync(PersonId id, CancellationToken ct)
    {
        if (_refused.TryGetValue(id, out var known) && known.Until > clock.GetUtcNow())
        {
            return known.Refusal;
        }

        try
        {
            var person = await directory.FindPersonAsync(id, ct);
            return person is null ? new Refusal("unknown_person", "I do not know this account.")
                : Eligibility.Refuse(person) is { } ineligible ? Refuse(id, ineligible)
                : person with { Human = rules().Policies.People.Of(person.Id).Key };
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            return new Refusal(Membership.DirectoryUnavailable, "I could not find out who you are just now. Nothing was done; please try again in a moment.");
        }
    }

    private Refusal Refuse(PersonId id, Refusal refusal)
    {
        if (_refused.Count >= MostRefused)
        {
            _refused.Clear();
        }

        _refused[id] = (refusal, clock.GetUtcNow() + RefusalHolds);
        return refusal;
    }
}
