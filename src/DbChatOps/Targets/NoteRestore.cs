namespace DbChatOps.Targets;

/// <summary>
/// A server has logins of this bot that the ledger does not know: new access, first reveals and extensions there are refused until an operator confirms the
/// restore. Refuses <c>not_checked</c> while the server has no pin: then nothing is granted anyway.
/// </summary>
public sealed record NoteRestore(ServerId Server, RestoredStore Found) : Command
{
    public override Subject Subject => Subject.Of(Server);

    public static Result<Decision<ServerRecord>> Decide(ServerRecord? state, NoteRestore command, Facts facts)
    {
        if (state is null)
        {
            return new Refusal("not_checked", $"The identity of '{command.Server}' is not known yet.");
        }

        return command.Found.Number <= state.ConfirmedUpTo || command.Found.Number <= state.Restored?.Number
            ? Decision<ServerRecord>.Unchanged(state)
            : Decision<ServerRecord>.Of(state, new StoreRestored { Server = command.Server, Found = command.Found, By = facts.Actor.Id, At = facts.Now });
    }
}
