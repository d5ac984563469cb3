using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// The server was read and shows another end (VALID UNTIL) than the ledger. A later one changes nothing but what is known of the server: the grant ends when it
/// was approved to, and the server is told the right end again. An earlier one that the ledger never wrote was set by hand: it holds, and the holder is told.
/// A reading that something overtook (a reveal, an extension) says nothing.
/// </summary>
/// <param name="Seen">The grant as the ledger had it before the server was read.</param>
/// <param name="Said">What the server says; <see cref="DateTimeOffset.MaxValue"/> for no end at all.</param>
public sealed record NoteServersEnd(Grant Seen, DateTimeOffset Said) : Command
{
    public override Subject Subject => Subject.Of(Seen.Id);

    public static Result<Decision<Grant>> Decide(Grant? grant, NoteServersEnd command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        if (grant is not { State: GrantState.Active, Revealing: null, Expiry: { } expiry } || IsOvertaken(grant, command.Seen))
        {
            return Decision<Grant>.Unchanged(grant);
        }

        if (ServersEnd.IsLater(command.Said, expiry))
        {
            return grant.ValidUntil == command.Said
                ? Decision<Grant>.Unchanged(grant)
                : Decision<Grant>.Of(grant, Read(command, grant, facts));
        }

        if (grant.HasOtherEndOnServer && !ServersEnd.Differs(command.Said, expiry))
        {
            return Decision<Grant>.Of(grant, Read(command, grant, facts));
        }

        // An approved extension that is on its way shows the end before it.
        var written = grant.ValidUntil is { } last ? ServersEnd.Earlier(last, expiry) : expiry;
        return !ServersEnd.IsEarlier(command.Said, written)
            ? Decision<Grant>.Unchanged(grant)
            : Decision<Grant>.Of(grant, new GrantShortened
            {
                Grant = grant.Id,
                Expiry = command.Said,
                Warned = WarnHolder.LastBefore(command.Said, grant.Window, facts.Now),
                By = facts.Actor.Id,
                At = facts.Now,
            });
    }

    private static ExtensionApplied Read(NoteServersEnd command, Grant grant, Facts facts) =>
        new() { Grant = grant.Id, ValidUntil = command.Said, By = facts.Actor.Id, At = facts.Now };

    private static bool IsOvertaken(Grant grant, Grant seen) =>
        grant.Generation != seen.Generation || grant.Expiry != seen.Expiry || grant.ValidUntil != seen.ValidUntil || seen.Revealing is not null;
}
