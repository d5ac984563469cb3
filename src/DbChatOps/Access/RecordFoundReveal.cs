using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// The server has a later password than this ledger ever asked for. One that a copy of this bot set before this process started (the store was restored since)
/// is taken over with the earliest end that anything says: its window counts from the first password. One that anybody else set ends the grant at once.
/// A login that is being ended is only noted, so that its card does not say that it was never claimed.
/// </summary>
/// <param name="Reading">Read from the server before the ledger: every reveal that the ledger asked for is then known to it.</param>
/// <param name="ByCopy">The password was there before this process started, or the store is known to be restored.</param>
public sealed record RecordFoundReveal(GrantId Grant, LoginReading Reading, bool ByCopy) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, RecordFoundReveal command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        if (grant.State == GrantState.Revoked || command.Reading.Generation <= grant.Generation)
        {
            return Decision<Grant>.Unchanged(grant);
        }

        if (grant.State == GrantState.Revoking || (command.ByCopy && grant.State == GrantState.Active))
        {
            return Decision<Grant>.Of(grant, Found(command, grant, facts));
        }

        if (!command.ByCopy)
        {
            return Decision<Grant>.Of(grant, Found(command, grant, facts), EndGrant.Ending(grant, EndReason.RevealedElsewhere, null, facts));
        }

        var taken = Found(command, grant, facts) with { Expiry = End(grant, command.Reading) };
        return grant.State == GrantState.Provisioning
            ? Decision<Grant>.Of(grant, Made(command, grant, facts), taken)
            : Decision<Grant>.Of(grant, taken);
    }

    /// <summary>The grant was opened before its login had a password: without the server's word the window counts from there.</summary>
    private static DateTimeOffset End(Grant grant, LoginReading reading)
    {
        var end = ServersEnd.Earlier((reading.FirstRevealedAt ?? grant.OpenedAt) + grant.Window, ServersEnd.Said(reading.ValidUntil));
        return grant.LatestPossibleEnd is { } known ? ServersEnd.Earlier(end, known) : end;
    }

    private static RevealFound Found(RecordFoundReveal command, Grant grant, Facts facts) => new()
    {
        Grant = grant.Id,
        Generation = command.Reading.Generation,
        RevealedAt = command.Reading.FirstRevealedAt,
        ByCopy = command.ByCopy,
        ServerSays = command.Reading.ValidUntil,
        By = facts.Actor.Id,
        At = facts.Now,
    };

    /// <summary>The copy's own note of it was lost with its ledger.</summary>
    private static GrantProvisioned Made(RecordFoundReveal command, Grant grant, Facts facts) =>
        new() { Grant = grant.Id, Oid = command.Reading.Oid, ClockSkew = TimeSpan.Zero, By = facts.Actor.Id, At = facts.Now };
}
