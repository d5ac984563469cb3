using System.Text.Json.Serialization;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>The access actually given: one principal, one target, one level, one lease, one login.</summary>
public sealed record Grant : IAggregate<Grant>
{
    public static string Kind => "grant";

    public required GrantId Id { get; init; }

    public required GrantState State { get; init; }

    public required RequestId Request { get; init; }

    public required Principal Holder { get; init; }

    public required TargetId Target { get; init; }

    public required ServerId Server { get; init; }

    public required TargetEnvironment Environment { get; init; }

    public required string Database { get; init; }

    public required AccessLevel Level { get; init; }

    public required string StandingRole { get; init; }

    public required string Login { get; init; }

    public required string Reason { get; init; }

    public required string Channel { get; init; }

    public required IReadOnlyList<Principal> Approvers { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required TimeSpan Window { get; init; }

    public required DateTimeOffset ClaimBy { get; init; }

    public uint? Oid { get; init; }

    /// <summary>Number of the last reveal that was asked for; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>The reveal under way, until it is read back.</summary>
    public PendingReveal? Revealing { get; init; }

    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>The third clock: end of the window. Absent until a reveal concluded.</summary>
    public DateTimeOffset? Expiry { get; init; }

    /// <summary>VALID UNTIL as last read back from the server.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Whether the policy allowed extensions when it was opened: a button that is always refused is not offered.</summary>
    public bool MayBeExtended { get; init; } = true;

    /// <summary>The dialog that shows the last password, until it is blanked.</summary>
    public string? ShownIn { get; init; }

    public int Extensions { get; init; }

    /// <summary>The request spent last for more time: an approval is spent once.</summary>
    public RequestId? LastExtension { get; init; }

    /// <summary>The last warning given for the present end; absent again after an extension.</summary>
    public EndWarning? Warned { get; init; }

    public Receipt Receipt { get; init; } = new();

    public Ending? Ending { get; init; }

    public RevocationProof? Proof { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>A password on the server that this ledger did not ask for; absent when there was none.</summary>
    public FoundReveal? FoundReveal { get; init; }

    /// <summary>The login was on the server again after this grant was closed; absent when it was not.</summary>
    public FoundAgain? FoundAgain { get; init; }

    public Subject Subject => Subject.Of(Id);

    /// <summary>Until a reveal is read back, its intent counts: the server may already hold a password until then.</summary>
    public DateTimeOffset? LatestPossibleEnd => Revealing is { } pending && (Expiry is null || pending.Expiry > Expiry) ? pending.Expiry : Expiry;

    public SnapshotIndex Index => new()
    {
        Open = State != GrantState.Revoked,
        State = State.ToString(),
        Person = Holder.Id.ToString(),
        Server = Server.Value,
        Target = Target.Value,
        Handle = Id.Handle,
        Login = Login,
        Due = State switch
        {
            GrantState.Provisioning or GrantState.Ready => LatestPossibleEnd ?? ClaimBy,
            GrantState.Active => LatestPossibleEnd,
            GrantState.Revoking => Ending?.DueAt,
            _ => null,
        },
        Exposed = State == GrantState.Revoking && Ending is { StopsNewGrants: true },
    };

    /// <summary>The server was last read with another end than the ledger's.</summary>
    [JsonIgnore]
    public bool HasOtherEndOnServer => Expiry is { } expiry && ValidUntil is { } said && ServersEnd.Differs(said, expiry);

    public static Grant Apply(Grant? state, DomainEvent change) => change switch
    {
        GrantOpened opened when state is null => Open(opened),
        _ when state is null => throw new InvalidOperationException($"{change.GetType().Name} before the grant was opened."),
        GrantProvisioned it => state with { State = Next(state, GrantTrigger.Provision), Oid = it.Oid },
        RevealRequested it => state with { Generation = it.Generation, Revealing = new PendingReveal(it.Generation, it.Expiry, it.At, it.View) },
        GrantRevealed it => state with
        {
            State = Next(state, GrantTrigger.Reveal),
            Revealing = null,
            ClaimedAt = state.ClaimedAt ?? it.At,
            Expiry = state.Expiry ?? it.Expiry,
            ValidUntil = it.ServerSays ?? it.Expiry,
            ShownIn = it.View,
        },
        RevealFound it => TakeOver(state, it) with { Generation = it.Generation, FoundReveal = new FoundReveal { FoundAt = it.At, RevealedAt = it.RevealedAt, ByCopy = it.ByCopy } },
        RevealFailed => state with { Revealing = null },
        GrantExtended it => state with { Expiry = it.Expiry, Extensions = state.Extensions + 1, LastExtension = it.Request, Warned = null },
        ExtensionApplied it => state with { ValidUntil = it.ValidUntil },
        ExtensionRefused it => state with { Expiry = it.Expiry, Extensions = Math.Max(0, state.Extensions - 1), Warned = it.Warned },
        GrantShortened it => state with { Expiry = it.Expiry, ValidUntil = it.Expiry, Warned = it.Warned },
        HolderWarned it => state with { Warned = it.Warning },
        SessionsSeen it => state with { Receipt = state.Receipt.With(it) },
        GrantEnding it => state with { State = Next(state, GrantTrigger.End), Ending = Ending.From(it) },
        RevocationProgressed it => state with { Ending = EndingOf(state).With(it), Oid = state.Oid ?? it.Oid, Receipt = state.Receipt.SeenUntil(it.LastSeen) },
        GrantOverdue => state with { Ending = EndingOf(state) with { IsOverdue = true } },
        StoppedNoLonger => state with { Ending = EndingOf(state) with { StopsNoLonger = true } },
        GrantFoundAgain it => state with { FoundAgain = new FoundAgain { FoundAt = it.At, WasRevealed = it.WasRevealed, RevealedAt = it.RevealedAt, Proof = it.Proof } },
        GrantRevoked it => state with
        {
            State = Next(state, GrantTrigger.Prove),
            Revealing = null,
            Proof = it.Proof,
            Receipt = state.Receipt.SeenUntil(it.LastSeen) with { Gaps = it.Gaps },
            RevokedAt = it.At,
            Ending = EndingOf(state) with
            {
                Stage = RevocationStage.ProvenGone,
                Blockers = [],
                Uninterruptible = null,
                SessionsEnded = EndingOf(state).SessionsEnded + it.SessionsEnded,
            },
        },
        _ => throw new InvalidOperationException($"A grant does not know {change.GetType().Name}."),
    };

    private static Grant TakeOver(Grant state, RevealFound found) => found.Expiry is not { } expiry
        ? state
        : state with
        {
            State = Next(state, GrantTrigger.Reveal),
            Revealing = null,
            ClaimedAt = found.RevealedAt ?? state.OpenedAt,
            Expiry = expiry,
            ValidUntil = ServersEnd.Said(found.ServerSays),
        };

    private static GrantState Next(Grant state, GrantTrigger trigger) => GrantLifecycle.Table.Next(state.State, trigger);

    private static Ending EndingOf(Grant state) =>
        state.Ending ?? throw new InvalidOperationException($"{state.Id.Handle} is {state.State} without an ending.");

    private static Grant Open(GrantOpened opened) => new()
    {
        Id = opened.Grant,
        State = GrantState.Provisioning,
        Request = opened.Request,
        Holder = opened.Holder,
        Target = opened.Target,
        Server = opened.Server,
        Environment = opened.Environment,
        Database = opened.Database,
        Level = opened.Level,
        StandingRole = opened.StandingRole,
        Login = opened.Login,
        Reason = opened.Reason,
        Channel = opened.Channel,
        Approvers = opened.Approvers,
        OpenedAt = opened.At,
        Window = opened.Window,
        ClaimBy = opened.ClaimBy,
        MayBeExtended = opened.MayBeExtended,
    };
}

/// <summary>A reveal whose outcome has not been read back yet.</summary>
public sealed record PendingReveal(int Generation, DateTimeOffset Expiry, DateTimeOffset RequestedAt, string View);
