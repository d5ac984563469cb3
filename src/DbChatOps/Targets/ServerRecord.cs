using DbChatOps.Chat;

namespace DbChatOps.Targets;

/// <summary>
/// What the ledger knows of a server: its identity pin, recorded when it is first seen and never changed, and what the last look at it found that keeps
/// access from being granted.
/// </summary>
public sealed record ServerRecord : IAggregate<ServerRecord>
{
    public static string Kind => "server";

    public required ServerId Id { get; init; }

    public required ServerIdentity Pin { get; init; }

    public required DateTimeOffset PinnedAt { get; init; }

    /// <summary>The errors of the last check that could run; absent when it found none.</summary>
    public IReadOnlyList<CheckError>? Errors { get; init; }

    /// <summary>Why the last check could not run; absent when it could.</summary>
    public string? NotChecked { get; init; }

    /// <summary>What the last check that could run has looked at (<see cref="LevelKey"/>): what a configuration added since is not among it.</summary>
    public IReadOnlyList<string> LookedAt { get; init; } = [];

    /// <summary>Why the ledger is taken for older than this server; absent when it is not, and after an operator confirmed it.</summary>
    public RestoredStore? Restored { get; init; }

    /// <summary>The number of the newest login that the ledger need not know; absent while no restore was confirmed.</summary>
    public long? ConfirmedUpTo { get; init; }

    public Subject Subject => Subject.Of(Id);

    public SnapshotIndex Index => new() { Open = true, State = "Pinned", Server = Id.Value };

    public static ServerRecord Apply(ServerRecord? state, DomainEvent change) => change switch
    {
        ServerPinned it when state is null => new ServerRecord { Id = it.Server, Pin = it.Identity, PinnedAt = it.At },
        ServerPinned it => state with { Pin = it.Identity, PinnedAt = it.At },
        TimelineNoted it when state is not null => state with { Pin = state.Pin with { Timeline = it.Timeline, Version = it.Version } },
        ServerChecked it when state is not null => state with { Errors = it.Errors, NotChecked = it.NotChecked, LookedAt = it.LookedAt ?? [] },
        StoreRestored it when state is not null => state with { Restored = it.Found },
        RestoreConfirmed it when state is not null => state with { Restored = null, ConfirmedUpTo = it.UpTo },
        _ => throw new InvalidOperationException($"A server does not know {change.GetType().Name}."),
    };

    /// <summary>
    /// Null, or <c>store_restored</c> while the ledger is older than the server: it may hold approvals that were spent already, and people who were cut off since.
    /// Refuses new access, first reveals and extensions; ending access never asks for it.
    /// </summary>
    public Refusal? RefuseWhileRestored() => Restored is { } found
        ? new Refusal("store_restored", $"Nothing was done: the bot's store is older than '{Id}' ({found}), so it was restored from a backup, or lost. Access that runs still ends on time. An operator looks at it and runs `dbchatops confirm-restore --server {Id}`.")
        : null;

    /// <summary>Null, or <c>check_failed</c> when the last check found an error that concerns this level of this target.</summary>
    public Refusal? RefuseAccess(TargetId target, AccessLevel level) => Errors?.FirstOrDefault(error => error.Concerns(target, level)) is { } error
        ? new Refusal("check_failed", $"Nothing is granted for {level.ToWord()} on {target}: {error.Code}, {PlainText.Clean(error.Message, 300)} An operator sees the cure with `dbchatops check --server {Id}`.")
        : null;

    /// <summary>
    /// The same for access that does not run yet: then a check that could not run refuses too (<c>not_checked</c> for what no check has seen), and a restored
    /// store (<c>store_restored</c>).
    /// </summary>
    public Refusal? RefuseNewAccess(TargetId target, AccessLevel level, string standingRole) => RefuseAccess(target, level) ?? RefuseWhileRestored() ?? this switch
    {
        { NotChecked: { } why } => new Refusal("check_failed", $"'{Id}' could not be checked, so nothing new is granted on it: {PlainText.Clean(why, 300)} It is tried again by itself; `dbchatops check --server {Id}` shows more."),
        _ when !LookedAt.Contains(LevelKey(target, level, standingRole), StringComparer.Ordinal) =>
            new Refusal("not_checked", $"{level.ToWord()} on {target} has not been checked yet, so nothing is granted for it. The bot looks right after a change of its configuration; ask again in a moment."),
        _ => null,
    };

    /// <summary>Names a level of a target together with the standing role that the look was about.</summary>
    public static string LevelKey(TargetId target, AccessLevel level, string standingRole) => $"{target}/{level.ToWord()}={standingRole}";
}

/// <summary>Something that keeps access from being granted until it is cured.</summary>
public sealed record CheckError
{
    /// <summary>Stable, such as <c>standing_role_dangerous</c>.</summary>
    public required string Code { get; init; }

    /// <summary>Names of the server's are in it; untrusted.</summary>
    public required string Message { get; init; }

    /// <summary>The levels it is confined to, each as <c>target/level</c>; absent when it concerns the whole server.</summary>
    public IReadOnlyList<string>? About { get; init; }

    public bool Concerns(TargetId target, AccessLevel level) => About is null || About.Contains($"{target}/{level.ToWord()}", StringComparer.Ordinal);

    public bool IsSameAs(CheckError other) =>
        Code == other.Code && Message == other.Message && (About ?? []).SequenceEqual(other.About ?? [], StringComparer.Ordinal);
}

/// <summary>What a look at the server found, written when it differs from the look before.</summary>
[EventKind("server.checked/1")]
public sealed record ServerChecked : DomainEvent
{
    public required ServerId Server { get; init; }

    public IReadOnlyList<CheckError>? Errors { get; init; }

    public string? NotChecked { get; init; }

    public IReadOnlyList<string>? LookedAt { get; init; }

    public override Subject Subject => Subject.Of(Server);
}

/// <summary>The identity was recorded, or databases were added to it.</summary>
[EventKind("server.pinned/1")]
public sealed record ServerPinned : DomainEvent
{
    public required ServerId Server { get; init; }

    public required ServerIdentity Identity { get; init; }

    public override Subject Subject => Subject.Of(Server);
}

/// <summary>A failover or an upgrade: the same cluster, another timeline or version. Noted, never refused.</summary>
[EventKind("server.timeline_noted/1")]
public sealed record TimelineNoted : DomainEvent
{
    public required ServerId Server { get; init; }

    public required int Timeline { get; init; }

    public required string Version { get; init; }

    public override Subject Subject => Subject.Of(Server);
}
