using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Asks the directory about everybody who holds access, every ten minutes: whoever was deactivated, made a guest or is unknown loses it now.
/// A directory that does not answer changes nothing; the windows end by themselves.
/// </summary>
public sealed class PeopleWatch(ILedger ledger, IDirectory directory, Decider decider, TimeProvider clock, ILogger<PeopleWatch> log) : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);

    /// <summary>Looks once at everybody. Returns how many grants were ended.</summary>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        var query = new SnapshotQuery
        {
            Kind = "grant",
            Open = true,
            States = [nameof(GrantState.Provisioning), nameof(GrantState.Ready), nameof(GrantState.Active)],
            Limit = 5000,
        };
        var held = (await ledger.FindAsync<Grant>(query, ct)).Select(stored => stored.State).GroupBy(grant => grant.Holder.Id);
        var ended = 0;
        foreach (var grants in held)
        {
            if (await WhyNotAsync(grants.Key, ct) is not { } why)
            {
                continue;
            }

            foreach (var grant in grants)
            {
                await decider.DecideAsync(new EndGrant(grant.Id, EndReason.PersonDeactivated, why), Principal.Bot, null, ct);
                log.HolderGone(grant.Id.Handle, grants.Key.ToString());
                ended++;
            }
        }

        return ended;
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        return Between;
    }

    private async Task<string?> WhyNotAsync(PersonId holder, CancellationToken ct)
    {
        try
        {
            return await directory.FindPersonAsync(holder, ct) is { } person ? Eligibility.Refuse(person)?.Message : "The account is unknown.";
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            return null;
        }
    }
}
