using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>How a grant's end is told on a terminal. Everything from outside is stripped of control characters on its way into the ledger and again here.</summary>
internal static class GrantLines
{
    /// <summary>A blocker may hold a statement with a name of up to 200 bytes, each an escape: cut, it would do something else.</summary>
    public const int LongestBlocker = 1500;

    private const int NamedBlockers = 10;

    /// <summary>Where the ending stands: what is still possible, what is in the way, or when it was proven.</summary>
    public static string Ending(Grant grant) => grant switch
    {
        { State: GrantState.Revoked, Proof: { } proof } => $"{grant.Id.Handle} {grant.Login}: proven gone {PlainText.Utc(proof.ProvenAt)}"
            + (proof.NotChecked.Count > 0 ? $" (not checked: {PlainText.Clean(string.Join("; ", proof.NotChecked), 300)})" : ""),
        { Ending: { Waits: { } wait } ending } =>
            $"{grant.Id.Handle} {grant.Login}: locked, no session open; {wait.Node} applies changes {PlainText.Duration(wait.Delay)} late, proven gone after {PlainText.Utc(wait.Until)}{Why(ending)}",
        { Ending: { Stage: RevocationStage.Contained } ending } => $"{grant.Id.Handle} {grant.Login}: locked out, no login and no session is possible; still to remove{Why(ending)}",
        { Ending: { Stage: RevocationStage.Stripped } ending } => $"{grant.Id.Handle} {grant.Login}: LOCKED and without rights, but a statement still runs{Running(ending)}{Why(ending)}",
        { Ending: { } ending } => $"{grant.Id.Handle} {grant.Login}: ENDING, a login or session may still be possible{Why(ending)}",
        _ => $"{grant.Id.Handle} {grant.Login}: {grant.State.ToString().ToLowerInvariant()}, its end was not decided",
    };

    /// <summary>For one that was over before anybody asked.</summary>
    public static string Gone(Grant grant) =>
        $"{grant.Id.Handle} was proven gone {PlainText.Utc(grant.Proof?.ProvenAt ?? grant.RevokedAt ?? grant.OpenedAt)} ({grant.Ending?.Reason.ToWords() ?? "ended"})";

    /// <summary>What became of a request that somebody else closed.</summary>
    public static string Closed(AccessRequest request) =>
        $"{request.Id.Handle} for {request.Target} ({request.Level.ToWord()}): {(request.State == RequestState.Voided ? "approval taken back" : request.State.ToString().ToLowerInvariant())}";

    private static string Running(Ending ending) =>
        string.Concat((ending.Uninterruptible ?? []).Take(NamedBlockers).Select(static session => $" (process {session.ProcessId} on {session.Node}, since {PlainText.Utc(session.StatementSince)})"));

    private static string Why(Ending ending) => ending.Blockers.Count == 0
        ? ""
        : ": " + string.Join("; ", ending.Blockers.Take(NamedBlockers).Select(static blocker => PlainText.Clean(blocker, LongestBlocker)))
            + (ending.Blockers.Count > NamedBlockers ? $"; and {ending.Blockers.Count - NamedBlockers} more" : "");
}
