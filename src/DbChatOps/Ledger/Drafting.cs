namespace DbChatOps.Ledger;

/// <summary>From an event to the entry that will carry it.</summary>
public static class Drafting
{
    public static DraftEntry ToDraft(this DomainEvent change) => new()
    {
        At = change.At,
        Kind = EventKinds.KindOf(change.GetType()),
        Subject = change.Subject.ToString(),
        Body = LedgerJson.WriteEvent(change),
    };
}
