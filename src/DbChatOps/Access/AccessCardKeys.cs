namespace DbChatOps.Access;

/// <summary>Names of the cards and notices of this slice; what they show is loaded by the id inside.</summary>
public static class AccessCardKeys
{
    /// <summary>What approvers see, in the approval channel.</summary>
    public static string Request(RequestId id) => "request:" + id;

    /// <summary>What the requester sees of it, by direct message.</summary>
    public static string Asked(RequestId id) => "asked:" + id;

    /// <summary>What the holder sees of the grant, by direct message.</summary>
    public static string Grant(GrantId id) => "grant:" + id;

    /// <summary>The call to the escalation group, in the approval channel.</summary>
    public static string Escalation(RequestId id) => "escalation:" + id;

    /// <summary>The page about access that should be over, in the approval channel.</summary>
    public static string Overdue(GrantId id) => "overdue:" + id;

    /// <summary>The same page for whatever listens at <c>Alerts.WebhookUrl</c>.</summary>
    public static string OverdueAlert(GrantId id) => "alert-overdue:" + id;

    /// <summary>A second client address within one grant, in the approval channel.</summary>
    public static string Addresses(GrantId id) => "addresses:" + id;

    /// <summary>The same for whatever listens at <c>Alerts.WebhookUrl</c>.</summary>
    public static string AddressesAlert(GrantId id) => "alert-addresses:" + id;

    /// <summary>A credentials dialog that is to be emptied.</summary>
    public static string Blank(string view) => "blank:" + view;
}
