namespace DbChatOps.Targets;

/// <summary>
/// Records what a server is the first time it is seen, and compares ever after. Another system identifier or database OID refuses
/// <c>wrong_server</c>.
/// </summary>
public sealed record PinServer(ServerId Server, ServerIdentity Identity) : Command
{
    public override Subject Subject => Subject.Of(Server);

    public static Result<Decision<ServerRecord>> Decide(ServerRecord? state, PinServer command, Facts facts)
    {
        var seen = command.Identity with { ClockSkew = TimeSpan.Zero };
        if (state is null)
        {
            return Decision<ServerRecord>.Of(state, Pinned(command.Server, seen, facts));
        }

        if (state.Pin.SystemIdentifier != seen.SystemIdentifier)
        {
            return new Refusal("wrong_server", $"'{command.Server}' answers with system identifier {seen.SystemIdentifier}, but {state.Pin.SystemIdentifier} is pinned. Nothing is granted on it. Find out why; if it is meant, let nothing live remain there and give the server a new Id.");
        }

        foreach (var (database, oid) in seen.Databases)
        {
            if (state.Pin.Databases.TryGetValue(database, out var pinned) && pinned != oid)
            {
                return new Refusal("wrong_server", $"Database '{database}' on '{command.Server}' has OID {oid}, but {pinned} is pinned: it was dropped and made again, or restored. Nothing is granted on the server. If it is meant, let nothing live remain there and give the server a new Id.");
            }
        }

        var databases = new SortedDictionary<string, uint>(state.Pin.Databases.ToDictionary(), StringComparer.Ordinal);
        foreach (var (database, oid) in seen.Databases)
        {
            databases[database] = oid;
        }

        List<DomainEvent> events = [];
        if (databases.Count > state.Pin.Databases.Count)
        {
            events.Add(Pinned(command.Server, seen with { Databases = databases }, facts));
        }
        else if (state.Pin.Timeline != seen.Timeline || state.Pin.Version != seen.Version)
        {
            events.Add(new TimelineNoted { Server = command.Server, Timeline = seen.Timeline, Version = seen.Version, By = facts.Actor.Id, At = facts.Now });
        }

        return Decision<ServerRecord>.Of(state, events);
    }

    private static ServerPinned Pinned(ServerId server, ServerIdentity identity, Facts facts) =>
        new() { Server = server, Identity = identity, By = facts.Actor.Id, At = facts.Now };
}
