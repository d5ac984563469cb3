using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// The login of a grant that is closed was found on its server and ended once more: the store or the server was restored. The card of the grant says so,
/// whatever it said before. Nothing happens while the grant is open: then its own ending tells it.
/// </summary>
/// <param name="Login">As it was found.</param>
/// <param name="Proof">Absent while it is not proven gone.</param>
public sealed record NoteFoundAgain(GrantId Grant, ManagedLogin Login, RevocationProof? Proof) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, NoteFoundAgain command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        var known = grant.FoundAgain;
        var isNews = known is null || (known.Proof is null && command.Proof is not null) || (known.Proof is { } proof && command.Proof is { } next && next != proof);
        return grant.State != GrantState.Revoked || !isNews
            ? Decision<Grant>.Unchanged(grant)
            : Decision<Grant>.Of(grant, new GrantFoundAgain
            {
                Grant = grant.Id,
                WasRevealed = command.Login.Generation > 0,
                RevealedAt = command.Login.FirstRevealedAt,
                Proof = command.Proof,
                By = facts.Actor.Id,
                At = facts.Now,
            });
    }
}
