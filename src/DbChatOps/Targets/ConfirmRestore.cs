using DbChatOps.Chat;

namespace DbChatOps.Targets;

/// <summary>
/// The host's operator says that the store was restored (or lost) on purpose, and lets the bot grant on this server again. Logins up to the confirmed number
/// may be unknown to the ledger from here on; their names stay used for ever. Refuses <c>not_restored</c>, <c>reason_missing</c>, and <c>more_found</c> when a
/// later login came to light since the operator looked.
/// </summary>
/// <param name="UpTo">The number that the operator was shown.</param>
public sealed record ConfirmRestore(ServerId Server, long UpTo, string Reason) : Command
{
    public override Subject Subject => Subject.Of(Server);

    public static Result<Decision<ServerRecord>> Decide(ServerRecord? state, ConfirmRestore command, Facts facts)
    {
        if (state?.Restored is not { } found)
        {
            return new Refusal("not_restored", $"Nothing is to be confirmed for '{command.Server}': the ledger knows the newest logins of that server.");
        }

        var reason = PlainText.Clean(command.Reason, 300);
        if (reason.Length == 0)
        {
            return new Refusal("reason_missing", "Say why, for the record.") { Field = "reason" };
        }

        return found.Number > command.UpTo
            ? new Refusal("more_found", $"More was found on '{command.Server}' since you looked: {found}. Look again.")
            : Decision<ServerRecord>.Of(state, new RestoreConfirmed { Server = command.Server, UpTo = found.Number, Reason = reason, By = facts.Actor.Id, At = facts.Now });
    }
}
