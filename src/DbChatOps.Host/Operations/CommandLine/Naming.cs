using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>From what an operator typed to what it selects. A name that nobody knows is a slip of the finger and never "nothing to do".</summary>
internal sealed class Naming(Settings settings, ILedger ledger)
{
    /// <summary>A grant by its short name, or by its login as <c>pg_stat_activity</c> shows it.</summary>
    public async Task<Named> GrantAsync(string typed, CancellationToken ct)
    {
        var handle = Handle(typed);
        var byLogin = handle.StartsWith(LoginName.Prefix, StringComparison.Ordinal);
        var query = new SnapshotQuery { Kind = Grant.Kind, Limit = 1 };
        return await ledger.FindAsync<Grant>(byLogin ? query with { Login = handle } : query with { Handle = handle }, ct) switch
        {
            [] => Named.Unknown($"There is no grant {Shown(handle)} in the ledger; `grants --all` lists them."),
            [{ State: { State: GrantState.Revoked } over }] => new Named { Over = over },
            [var found, ..] => Named.These(new GrantSelection.One(found.State.Id.Handle)),
        };
    }

    /// <summary>A name from <c>People</c> or an account: either way all accounts of that human.</summary>
    public async Task<Named> PersonAsync(string typed, CancellationToken ct)
    {
        if (settings.Policies.People.Linked.FirstOrDefault(human => human.Key == typed) is { } human)
        {
            return Named.These([.. human.Identities.Select(identity => new GrantSelection.Of(identity))]);
        }

        if (!PersonId.TryParse(typed, CultureInfo.InvariantCulture, out var id))
        {
            var names = settings.Policies.People.Linked.Select(known => known.Key);
            return Named.Unknown($"'{Shown(typed)}' is neither a name from People nor an account such as slack:T0ACME:U123{Meant(typed, names)}");
        }

        return await IsKnownAsync(id, ct)
            ? Named.These([.. settings.Policies.People.Of(id).Identities.Select(identity => new GrantSelection.Of(identity))])
            : Named.Unknown($"Neither the ledger nor the configuration knows the account {Shown(typed)}{Meant(typed, Accounts().Select(known => known.ToString()))}");
    }

    /// <summary>A server of the configuration, or one that left it and still owes an end.</summary>
    public async Task<Named> ServerAsync(string typed, CancellationToken ct)
    {
        var id = new ServerId(typed);
        return settings.Targets.Server(id) is not null || (await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = Grant.Kind, Server = typed, Limit = 1 }, ct)).Count > 0
            ? Named.These(new GrantSelection.On(id))
            : Named.Unknown(UnknownServer(settings, typed));
    }

    /// <summary>What was typed, taken at its word while there is no ledger to look it up in: it selects among what is found on the servers.</summary>
    public static IReadOnlyList<GrantSelection> Unread(Settings settings, string? grant, string? person, string? server) => (grant, person, server) switch
    {
        ({ } name, null, null) => [new GrantSelection.One(Handle(name))],
        (null, { } who, null) => settings.Policies.People.Linked.FirstOrDefault(human => human.Key == who) is { } human
            ? [.. human.Identities.Select(identity => new GrantSelection.Of(identity))]
            : [new GrantSelection.Of(PersonId.TryParse(who, CultureInfo.InvariantCulture, out var id) ? id : default)],
        (null, null, { } where) => [new GrantSelection.On(new ServerId(where))],
        _ => [],
    };

    public static string UnknownServer(Settings settings, string typed) =>
        $"There is no server '{Shown(typed)}' in the configuration{Meant(typed, settings.Targets.Servers.Select(server => server.Id.Value))}";

    private static string Meant(string typed, IEnumerable<string> known) => Nearest.To(typed, known) is { } nearest ? $"; did you mean {nearest}?" : ".";

    /// <summary>A login as it is, everything else as a grant's short name.</summary>
    private static string Handle(string typed)
    {
        var name = typed.Trim().ToLowerInvariant();
        return name.StartsWith(LoginName.Prefix, StringComparison.Ordinal) || name.StartsWith("g-", StringComparison.Ordinal) ? name : "g-" + name;
    }

    private static string Shown(string typed) => PlainText.Clean(typed, 80);

    private IEnumerable<PersonId> Accounts() =>
        settings.Policies.People.Linked.SelectMany(human => human.Identities).Concat(settings.Policies.Groups.SelectMany(group => group.Roster)).Distinct();

    private async Task<bool> IsKnownAsync(PersonId id, CancellationToken ct) =>
        Accounts().Contains(id)
        || (await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = Grant.Kind, Person = id.ToString(), Limit = 1 }, ct)).Count > 0
        || (await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Person = id.ToString(), Limit = 1 }, ct)).Count > 0;
}

/// <summary>What a name selects: something, a grant that is over already, or nothing that anybody knows.</summary>
internal sealed record Named
{
    public IReadOnlyList<GrantSelection> Which { get; init; } = [];

    public Grant? Over { get; init; }

    /// <summary>A sentence for the operator; absent when the name is known.</summary>
    public string? Problem { get; init; }

    public static Named These(params IReadOnlyList<GrantSelection> which) => new() { Which = which };

    public static Named Unknown(string problem) => new() { Problem = problem };
}
