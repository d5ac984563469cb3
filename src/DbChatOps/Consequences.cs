using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Configurations;
using DbChatOps.Ledger;

namespace DbChatOps;

/// <summary>
/// What follows from an event: the one table from facts to agenda rows, beside the table of <see cref="Verbs"/>. Pure; written in the same transaction as
/// the event, so that a crash right after it loses nothing. Rows say what to bring in line, so an obsolete one does no harm.
/// </summary>
public static class Consequences
{
    public static IEnumerable<AgendaRow> Of(IAggregate next, DomainEvent change) => (next, change) switch
    {
        (AccessRequest request, RequestEvent it) => [.. AccessConsequences.After(request, it), .. Overviews(request.AskedAt, it)],
        // Nobody's overview shows these, and sessions are seen every few seconds.
        (Grant grant, GrantEvent it and (RevealRequested or SessionsSeen)) => AccessConsequences.After(grant, it),
        (Grant grant, GrantEvent it) => [.. AccessConsequences.After(grant, it), .. Overviews(grant.OpenedAt, it)],
        (Alert alert, AlertEvent it) => AlertCards.After(alert, it),
        (ConfigurationRecord record, ConfigurationLoaded it) => NoteConfiguration.After(record, it),
        _ => [],
    };

    /// <summary>The rows that an open aggregate needs to go on by itself; the self-check puts back what is missing.</summary>
    public static IEnumerable<AgendaRow> Owed(IAggregate state, DateTimeOffset now) => state switch
    {
        AccessRequest request => AccessConsequences.Owed(request),
        Grant grant => AccessConsequences.Owed(grant, now),
        _ => [],
    };

    /// <summary>What shows many things at once.</summary>
    private static AgendaRow[] Overviews(DateTimeOffset born, DomainEvent change) => [Rows.ShowHomes(change.At), DayDigest.Redraw(born, change.At)];
}
