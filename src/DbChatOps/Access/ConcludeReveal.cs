using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// What the server says after a hand-over was tried (or may have been, by a process that died). LOGIN with this generation: the window runs,
/// until the end that was approved, or until the server's own where that is earlier.
/// Anything else: nothing was handed over, and the grant stays as it was. A reading for an older generation changes nothing.
/// </summary>
public sealed record ConcludeReveal(GrantId Grant, int Generation, LoginReading Reading, string? Why) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, ConcludeReveal command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        if (grant.Revealing is not { } pending || pending.Generation != command.Generation)
        {
            return Decision<Grant>.Unchanged(grant);
        }

        var isOn = command.Reading.Presence == LoginPresence.Login && command.Reading.Generation == command.Generation;
        if (!isOn || !GrantLifecycle.Table.Permits(grant.State, GrantTrigger.Reveal))
        {
            return Decision<Grant>.Of(grant, new RevealFailed
            {
                Grant = grant.Id,
                Generation = command.Generation,
                Why = command.Why ?? $"the server shows the login as {command.Reading.Presence}",
                By = facts.Actor.Id,
                At = facts.Now,
            });
        }

        // What a server reports never lengthens what was approved.
        var said = ServersEnd.Said(command.Reading.ValidUntil);
        return Decision<Grant>.Of(grant, new GrantRevealed
        {
            Grant = grant.Id,
            Generation = command.Generation,
            View = pending.View,
            Expiry = ServersEnd.Earlier(said, pending.Expiry),
            ServerSays = ServersEnd.Differs(said, pending.Expiry) ? said : null,
            By = grant.Holder.Id,
            At = facts.Now,
        });
    }
}
