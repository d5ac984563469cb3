using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>Grants as lines on a terminal. Everything from outside is stripped of control characters on its way into the ledger and again here.</summary>
internal static class GrantLines
{
    public const string Heading = "GRANT       STATE         TARGET                LEVEL  HOLDER                ENDS                     LOGIN";

    public static string Row(Grant grant) =>
        $"{grant.Id.Handle,-11} {State(grant),-13} {Cut(grant.Target.Value, 21),-21} {grant.Level.ToWord(),-6} {Cut(grant.Holder.Id.ToString(), 21),-21} {Ends(grant),-24} {grant.Login}";

    /// <summary>Where the ending stands: what is still possible, what is in the way, or when it was proven.</summary>
    public static string Ending(Grant grant) => grant switch
    {
        { State: GrantState.Revoked, Proof: { } proof } => $"{grant.Id.Handle} {grant.Login}: proven gone {PlainText.Utc(proof.ProvenAt)}"
            + (proof.NotChecked.Count > 0 ? $" (not checked: {string.Join("; ", proof.NotChecked)})" : ""),
        { Ending: { Stage: RevocationStage.Contained } ending } => $"{grant.Id.Handle} {grant.Login}: locked out, no login and no session is possible; still to remove{Why(ending)}",
        { Ending: { } ending } => $"{grant.Id.Handle} {grant.Login}: ENDING, a login or session may still be possible{Why(ending)}",
        _ => $"{grant.Id.Handle} {grant.Login}: {grant.State.ToString().ToLowerInvariant()}, its end was not decided",
    };

    private static string Why(Ending ending) => ending.Blockers.Count == 0 ? "" : ": " + PlainText.Clean(string.Join("; ", ending.Blockers), 300);

    private static string State(Grant grant) => grant.State.ToString().ToLowerInvariant() + (grant.Ending is { IsOverdue: true } && grant.State != GrantState.Revoked ? "!" : "");

    private static string Ends(Grant grant) => grant.State switch
    {
        GrantState.Revoked => "gone " + PlainText.Utc(grant.RevokedAt ?? grant.OpenedAt)[..16],
        GrantState.Revoking => "since " + PlainText.Utc(grant.Ending!.DueAt)[..16],
        _ => PlainText.Utc(grant.LatestPossibleEnd ?? grant.ClaimBy)[..19],
    };

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
