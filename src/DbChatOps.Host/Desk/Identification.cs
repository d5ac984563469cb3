using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Policies;

namespace DbChatOps.Host.Desk;

/// <summary>Who somebody is and whether they may take part, asked of the directory now.</summary>
public sealed class Identification(IDirectory directory, Func<Rules> rules)
{
    /// <summary>Whoever sent this; the payload itself may speak against them.</summary>
    public async Task<Result<Principal>> OfAsync(Delivery delivery, CancellationToken ct) => delivery.FromOutside
        ? new Refusal("stranger", "Only members of this organisation can use DbChatOps; you are here through a shared channel.")
        : await OfAsync(delivery.Person, ct);

    /// <summary>Silence is a refusal to try again, never a default.</summary>
    public async Task<Result<Principal>> OfAsync(PersonId id, CancellationToken ct)
    {
        try
        {
            var person = await directory.FindPersonAsync(id, ct);
            return person is null ? new Refusal("unknown_person", "I do not know this account.")
                : Eligibility.Refuse(person) is { } ineligible ? ineligible
                : person with { Human = rules().Policies.People.Of(person.Id).Key };
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            return new Refusal(Membership.DirectoryUnavailable, "I could not find out who you are just now. Nothing was done; please try again in a moment.");
        }
    }
}
