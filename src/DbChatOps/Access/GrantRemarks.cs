using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>What a card says about a grant whose server showed something that the ledger did not expect.</summary>
internal static class GrantRemarks
{
    /// <summary>A password that this bot did not set; empty when there was none.</summary>
    public static IEnumerable<Phrase> Found(Grant grant) => grant.FoundReveal switch
    {
        null => [],
        { ByCopy: true } found => [Phrase.Of($"⚠️ Revealed{When(found.RevealedAt)} by a copy of this bot that is gone: the store was replaced by an older one. {(grant.State == GrantState.Active ? Phrase.Of($"The window counts from then. ") : Phrase.Empty)}What was done with the login before {found.FoundAt:s} was not watched.")],
        { } found => [Phrase.Of($"🚨 Somebody set a password for this login on the server, and it was not this bot. Found {found.FoundAt:s}.")],
    };

    /// <summary>VALID UNTIL as the server has it, while that is another end than the ledger's.</summary>
    public static IEnumerable<Phrase> ServersEnd(Grant grant)
    {
        if (grant is not { Expiry: { } expiry, ValidUntil: { } said } || !grant.HasOtherEndOnServer)
        {
            return [];
        }

        return said < expiry
            ? [Phrase.Of($"The server still says {said:s}; it is being told the later end.")]
            : [Phrase.Of($"⚠️ The server says {End(said)}, which is later than what was approved. The bot ends the access at {expiry:s} all the same, and tells the server the right end.")];
    }

    /// <summary>The statements that still run after everything was taken away, each with what a DBA needs to find it.</summary>
    public static IEnumerable<Phrase> Uninterruptible(Ending ending) => ending.Uninterruptible is not { Count: > 0 } sessions
        ? []
        :
        [
            .. sessions.Take(5).Select(session => Phrase.Of($"• Process {session.ProcessId} on {session.Node}: its statement has run since {session.StatementSince:s}")),
            .. sessions.Count > 5 ? [Phrase.Of($"• … and {sessions.Count - 5} more")] : Array.Empty<Phrase>(),
            Phrase.Of($"The login is locked and has no rights any more, and the session was told to end. PostgreSQL ends it as soon as this statement can be interrupted. A DBA can wait for that, or restart PostgreSQL on that node; `kill -9` of one process restarts it too, and ends everybody's sessions."),
        ];

    /// <summary>The engine's own sentence about a session that <see cref="Uninterruptible"/> tells already.</summary>
    public static bool IsAboutUninterruptible(Ending ending, string blocker) =>
        (ending.Uninterruptible ?? []).Any(session => blocker.StartsWith($"session {session.ProcessId} on {session.Node} ", StringComparison.Ordinal));

    /// <summary>What is still possible on a standby that does not know of the end yet.</summary>
    public static IEnumerable<Phrase> OnDelayedStandby(Grant grant)
    {
        if (grant is not { State: GrantState.Revoking, Ending: { Waits: { } wait, Stage: RevocationStage.Exposed } ending })
        {
            return [];
        }

        if (grant.LatestPossibleEnd is not { } end)
        {
            return [Phrase.Of($"No password was shown, so nobody can log in on {wait.Node}.")];
        }

        return end > ending.DueAt
            ? [Phrase.Of($"Until {(end < wait.Until ? end : wait.Until)} the old password may still open a session on {wait.Node}, which does not know of the end yet. The bot looks every few seconds and ends such a session.")]
            : [Phrase.Of($"New logins with the password are refused on {wait.Node} too, since {end} (VALID UNTIL).")];
    }

    /// <summary>It was closed, and yet its login was there again; empty when it was not.</summary>
    public static IEnumerable<Phrase> FoundAgain(Grant grant)
    {
        if (grant.FoundAgain is not { } again)
        {
            yield break;
        }

        yield return again.Proof is { } proof
            ? Phrase.Of($"⚠️ After that the login was on the server again (found {again.FoundAt:s}): the store or the server was restored. It was ended once more, *proven gone* {proof.ProvenAt:s}.")
            : Phrase.Of($"⚠️ After that the login was on the server again (found {again.FoundAt:s}): the store or the server was restored. It is being ended once more.");
        if (again.WasRevealed && grant.FoundReveal is null)
        {
            yield return Phrase.Of($"Its password was set{When(again.RevealedAt)}. What was done with it is not in this ledger.");
        }
    }

    private static Phrase When(DateTimeOffset? at) => at is { } time ? Phrase.Of($" {time:s}") : Phrase.Empty;

    private static Phrase End(DateTimeOffset said) => said.Year == DateTimeOffset.MaxValue.Year ? Phrase.Of($"that it never ends") : Phrase.Of($"{said:s}");
}
