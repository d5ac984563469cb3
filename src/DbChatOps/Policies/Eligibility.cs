namespace DbChatOps.Policies;

/// <summary>Which kinds of account may take part at all.</summary>
public static class Eligibility
{
    /// <summary>
    /// Null for a full member. Else <c>guest</c>, <c>stranger</c>, <c>bot_account</c>, <c>deactivated</c> or <c>not_a_person</c>.
    /// </summary>
    public static Refusal? Refuse(Principal principal) => principal.Kind switch
    {
        PrincipalKind.Member => null,
        PrincipalKind.Guest => new Refusal("guest", "Guest accounts cannot ask for access, approve it or hold it. A full member of the organisation can."),
        PrincipalKind.Stranger => new Refusal("stranger", "Your account belongs to another organisation. Only members of this one can ask, approve or hold access."),
        PrincipalKind.Bot => new Refusal("bot_account", "Bots and apps cannot ask for access, approve it or hold it."),
        PrincipalKind.Deactivated => new Refusal("deactivated", "This account is deactivated."),
        _ => new Refusal("not_a_person", "Only a person can ask, approve or hold access."),
    };
}
