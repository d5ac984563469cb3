namespace DbChatOps.Access;

/// <summary>
/// The holder pressed <em>Show credentials</em>: records the intent that a password will be born, until when, and for which dialog.
/// The first reveal starts the window; a later one makes a new password inside it.
/// Refuses <c>unknown_grant</c> (also for other people's), <c>not_ready</c>, <c>ended</c>, <c>too_late</c>, <c>reveal_under_way</c>.
/// </summary>
public sealed record RequestReveal(GrantId Grant, string View) : Command
{
    /// <summary>A reveal that was not read back within this time may be asked for again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, RequestReveal command, Facts facts)
    {
        if (!GrantRules.HeldBy(grant, facts.Actor).TryGet(out var held, out var refusal))
        {
            return refusal;
        }

        if (held.State == GrantState.Provisioning)
        {
            return new Refusal("not_ready", "The login is still being made; the card changes when it is ready.");
        }

        if (!GrantLifecycle.Table.Permits(held.State, GrantTrigger.Reveal))
        {
            return GrantRules.Ended(held);
        }

        if ((held.Expiry ?? held.ClaimBy) <= facts.Now)
        {
            return new Refusal("too_late", "The time for it is over. Ask again if you still need access.");
        }

        if (held.Revealing is { } pending && facts.Now - pending.RequestedAt < Patience)
        {
            return new Refusal("reveal_under_way", "Your credentials are just being made; look at the dialog that is open.");
        }

        return Decision<Grant>.Of(held, new RevealRequested
        {
            Grant = held.Id,
            Generation = held.Generation + 1,
            Expiry = held.Expiry ?? facts.Now + held.Window,
            View = command.View,
            By = facts.Actor.Id,
            At = facts.Now,
        });
    }
}
