namespace DbChatOps.Access;

/// <summary>Names of the cards of this slice: what they show is loaded by the id inside.</summary>
public static class AccessCardKeys
{
    /// <summary>What approvers see, in the approval channel.</summary>
    public static string Request(RequestId id) => "request:" + id;

    /// <summary>What the requester sees of it, by direct message.</summary>
    public static string Asked(RequestId id) => "asked:" + id;

    /// <summary>What the holder sees of the grant, by direct message.</summary>
    public static string Grant(GrantId id) => "grant:" + id;
}
