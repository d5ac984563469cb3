using DbChatOps.Chat;
using DbChatOps.Policies;

namespace DbChatOps.Access;

/// <summary>The refusals that several grant verbs share.</summary>
public static class GrantRules
{
    public static Refusal Unknown { get; } = new("unknown_grant", "There is no such grant that you can do this with. `/db grants` lists yours.");

    /// <summary>The grant, if the actor holds it; a stranger's grant and a missing one read alike.</summary>
    public static Result<Grant> HeldBy(Grant? grant, Principal actor, People people) =>
        grant is not null && people.AreSame(grant.Holder.Id, actor.Id) ? grant : Unknown;

    public static Refusal Ended(Grant grant) => grant.State == GrantState.Revoked
        ? new Refusal("ended", $"{grant.Id.Handle} has ended{Since(grant.RevokedAt)}. Ask again if you still need access.")
        : new Refusal("ended", $"{grant.Id.Handle} is being ended. Ask again if you still need access.");

    private static string Since(DateTimeOffset? at) => at is { } time ? $" ({PlainText.Utc(time)})" : "";
}
