using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Commands;

/// <summary>What the ledger has pinned of each server, for <c>check</c>, which only compares: the bot records a pin at its first look.</summary>
internal sealed class IdentityPins(ILedger? ledger, TimeProvider clock)
{
    /// <summary>The system identifiers that are pinned, by server.</summary>
    public async Task<Dictionary<ServerId, string>> KnownAsync(CancellationToken ct) => ledger is null
        ? []
        : (await ledger.FindAsync<ServerRecord>(new SnapshotQuery { Kind = ServerRecord.Kind, Limit = 1000 }, ct))
            .ToDictionary(static stored => stored.State.Id, static stored => stored.State.Pin.SystemIdentifier);

    /// <summary>Whether the server is the one that was pinned, and what to say about it.</summary>
    public async Task<(bool Fits, string Said)> CompareAsync(ServerId server, ServerIdentity identity, CancellationToken ct)
    {
        if (ledger is null)
        {
            return (true, $"system {identity.SystemIdentifier} would be recorded at the first start");
        }

        var stored = await ledger.LoadAsync<ServerRecord>(server.Value, ct);
        var facts = new Facts
        {
            Now = clock.GetUtcNow(),
            Actor = Operator.Here,
            Policies = new Policies.PolicyBook([], [], Policies.People.Unlinked),
            Targets = new TargetBook([], []),
        };
        var pin = new PinServer(server, identity);
        var drafted = await Verbs.For(pin).DecideAsync(ledger, pin, (_, _) => Task.FromResult<Result<Facts>>(facts), ct);
        if (!drafted.TryGet(out var draft, out var refusal))
        {
            return (false, refusal.Message);
        }

        return (true, (stored, draft.Events.Count) switch
        {
            (null, _) => $"not recorded yet: the bot records system {identity.SystemIdentifier} at its next look",
            (_, 0) => "the server is the one that is pinned",
            _ => "the server is the one that is pinned; the bot notes what is new at its next look",
        });
    }
}
