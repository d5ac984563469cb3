namespace DbChatOps.Access;

/// <summary>
/// The holder pressed <em>Show credentials</em>: records the intent that a password will be born, until when, and for which dialog.
/// The first reveal starts the window; a later one makes a new password inside it. The first is the moment of the claim: what the approval rests on
/// must still hold, else the grant ends instead, because a login that nobody may use any more is better gone than left for a later press.
/// Refuses <c>unknown_grant</c> (also for other people's), <c>not_ready</c>, <c>ended</c>, <c>too_late</c>, <c>reveal_under_way</c>,
/// <c>store_restored</c> for a first reveal while the ledger is older than the server,
/// and <c>check_failed</c> while something was found on the server that makes the role more than was approved.
/// </summary>
public sealed record RequestReveal(GrantId Grant, string View) : Command
{
    /// <summary>A reveal that was not read back within this time may be asked for again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The answer to a second press while the first is being worked on.</summary>
    public static Refusal UnderWay { get; } = new("reveal_under_way", "Your credentials are just being made; look at the dialog that is open.");

    public override Subject Subject => Subject.Of(Grant);

    public static bool IsUnderWay(Grant grant, DateTimeOffset now) => grant.Revealing is { } pending && now - pending.RequestedAt < Patience;

    public static Result<Decision<Grant>> Decide(Grant? grant, RequestReveal command, Facts facts)
    {
        if (!GrantRules.HeldBy(grant, facts.Actor, facts.Policies.People).TryGet(out var held, out var refusal))
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

        if (IsUnderWay(held, facts.Now))
        {
            return UnderWay;
        }

        if (held.ClaimedAt is null && Spending.Judge(facts).Refused is { } noLonger)
        {
            return Decision<Grant>.Of(held, EndGrant.Ending(held, EndReason.NoLongerAllowed, noLonger.Message, facts) with { By = PersonId.Bot });
        }

        if (held.ClaimedAt is null && facts.Server?.RefuseWhileRestored() is { } observing)
        {
            return observing;
        }

        if (facts.Server?.RefuseAccess(held.Target, held.Level) is { } unsafeNow)
        {
            return unsafeNow;
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
