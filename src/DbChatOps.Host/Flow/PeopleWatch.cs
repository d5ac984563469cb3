using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Asks the directory every ten minutes about everybody who holds something: whoever is no longer a full member loses it. A directory that
/// does not answer takes nothing away; it is asked again.
/// </summary>
public sealed class PeopleWatch(ILedger ledger, IDirectory directory, Decider decider, TimeProvider clock, ILogger<PeopleWatch> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);

    public async Task LookAsync(CancellationToken ct)
    {
        var query = new SnapshotQuery
        {
            Kind = "grant",
            Open = true,
            States = [nameof(GrantState.Provisioning), nameof(GrantState.Ready), nameof(GrantState.Active)],
            Limit = 5000,
        };
        var held = (await ledger.FindAsync<Grant>(query, ct)).Select(stored => stored.State);
        foreach (var ofOne in held.GroupBy(grant => grant.Holder.Id))
        {
            if (await WhyNotAsync(ofOne.Key, ct) is { } why)
            {
                await Task.WhenAll(ofOne.Select(grant => decider.DecideAsync(
                    new EndGrant(grant.Id, EndReason.PersonDeactivated, why.Message), Principal.Bot, null, ct)));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (LedgerUnavailableException fault)
            {
                log.AgendaUnreadable(fault);
            }

            await Task.Delay(Between, clock, stoppingToken);
        }
    }

    private async Task<Refusal?> WhyNotAsync(PersonId person, CancellationToken ct)
    {
        try
        {
            return await directory.FindPersonAsync(person, ct) is { } known
                ? Eligibility.Refuse(known)
                : new Refusal("unknown_person", "The account is not known any more.");
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            log.PersonNotChecked(person.ToString(), fault.Message);
            return null;
        }
    }
}
