using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>Which grants: one by its short name, or all open ones of a person or on a server.</summary>
public abstract record GrantSelection
{
    private GrantSelection()
    {
    }

    public sealed record One(string Handle) : GrantSelection
    {
        public override string ToString() => "grant " + Handle;
    }

    public sealed record Of(PersonId Person) : GrantSelection
    {
        public override string ToString() => "person " + Person;
    }

    public sealed record On(ServerId Server) : GrantSelection
    {
        public override string ToString() => "server " + Server;
    }

    /// <summary>The reverse of <see cref="object.ToString"/>; null when it is none.</summary>
    public static GrantSelection? Parse(string text) => text.Split(' ', 2) switch
    {
        ["grant", { Length: > 0 } handle] => new One(handle),
        ["person", var person] when PersonId.TryParse(person, CultureInfo.InvariantCulture, out var id) => new Of(id),
        ["server", { Length: > 0 } server] => new On(new ServerId(server)),
        _ => null,
    };

    /// <summary>Open grants that match now.</summary>
    public async Task<IReadOnlyList<Grant>> FindAsync(ILedger ledger, CancellationToken ct)
    {
        var open = new SnapshotQuery { Kind = Grant.Kind, Open = true, Limit = 5000 };
        var found = await ledger.FindAsync<Grant>(
            this switch
            {
                One one => open with { Handle = one.Handle },
                Of of => open with { Person = of.Person.ToString() },
                On on => open with { Server = on.Server.Value },
                _ => throw new InvalidOperationException($"Unknown selection {GetType().Name}."),
            },
            ct);
        return [.. found.Select(stored => stored.State)];
    }
}
