namespace DbChatOps.Access;

/// <summary>
/// What a line of text was understood to mean, before anybody is asked whether it may be done. Names are as typed; handles and targets
/// are looked up afterwards, whole, never by prefix.
/// </summary>
public abstract record AccessIntent
{
    private AccessIntent()
    {
    }

    /// <summary>Decides nothing: may be answered from what is known, without the inbox.</summary>
    public virtual bool IsQuestion => true;

    public sealed record Help(string? Topic) : AccessIntent;

    public sealed record WhoAmI : AccessIntent;

    public sealed record ListTargets(string? Filter) : AccessIntent;

    public sealed record ListRequests : AccessIntent;

    /// <summary><paramref name="Everybody"/>: not only my own; shown as far as I may see them.</summary>
    public sealed record ListGrants(bool Everybody) : AccessIntent;

    public sealed record Who(string Login) : AccessIntent;

    public sealed record Access(string Target, AccessLevel Level, TimeSpan? Window, string Reason, bool DryRun) : AccessIntent
    {
        public override bool IsQuestion => DryRun;
    }

    /// <summary><paramref name="Digest"/>: the first characters of what the approver saw, as cards and dialogs show them.</summary>
    public sealed record Approve(string Request, string? Digest, string? TypedTarget) : AccessIntent
    {
        public override bool IsQuestion => false;
    }

    public sealed record Deny(string Request, string Reason) : AccessIntent
    {
        public override bool IsQuestion => false;
    }

    public sealed record Withdraw(string? Request) : AccessIntent
    {
        public override bool IsQuestion => false;
    }

    public sealed record Extend(string? Grant, TimeSpan? Window, string Reason) : AccessIntent
    {
        public override bool IsQuestion => false;
    }

    public sealed record Release(string? Grant) : AccessIntent
    {
        public override bool IsQuestion => false;
    }

    public sealed record Revoke(string Grant, string Reason) : AccessIntent
    {
        public override bool IsQuestion => false;
    }

    /// <summary>A command alone: a dialog asks for the rest.</summary>
    public sealed record FillIn(string Command) : AccessIntent
    {
        public override bool IsQuestion => true;
    }

    /// <summary>Everything of one person, everywhere. Until it is confirmed, only what that would be.</summary>
    public sealed record RevokePerson(string User, string Reason, bool Confirmed = false) : AccessIntent
    {
        public override bool IsQuestion => !Confirmed;
    }
}
