using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>Something happened to a grant.</summary>
public abstract record GrantEvent : DomainEvent
{
    public required GrantId Grant { get; init; }

    public override Subject Subject => Subject.Of(Grant);
}

/// <summary>The intent: from here on the login's name is owed to the ledger, whether or not it exists yet.</summary>
[EventKind("grant.opened/1")]
public sealed record GrantOpened : GrantEvent
{
    public required RequestId Request { get; init; }

    public required Principal Holder { get; init; }

    public required TargetId Target { get; init; }

    public required ServerId Server { get; init; }

    public required TargetEnvironment Environment { get; init; }

    public required string Database { get; init; }

    public required AccessLevel Level { get; init; }

    public required string StandingRole { get; init; }

    public required string Login { get; init; }

    public required TimeSpan Window { get; init; }

    /// <summary>The second clock: unclaimed after this, it ends. Also the moment after which nothing is made for it.</summary>
    public required DateTimeOffset ClaimBy { get; init; }

    public bool MayBeExtended { get; init; } = true;

    public required string Reason { get; init; }

    /// <summary>Where the request's card stands; it follows the grant to its proof.</summary>
    public required string Channel { get; init; }

    public required IReadOnlyList<Principal> Approvers { get; init; }
}

/// <summary>The login was made, without LOGIN; from here on it can be claimed.</summary>
[EventKind("grant.provisioned/1")]
public sealed record GrantProvisioned : GrantEvent
{
    public required uint Oid { get; init; }

    /// <summary>Server clock minus bot clock, measured while it was made.</summary>
    public required TimeSpan ClockSkew { get; init; }
}

/// <summary>The intent of a reveal: after this a password may be on the server until <see cref="Expiry"/>, whatever crashes.</summary>
[EventKind("grant.reveal_requested/1")]
public sealed record RevealRequested : GrantEvent
{
    public required int Generation { get; init; }

    public required DateTimeOffset Expiry { get; init; }

    /// <summary>The dialog that waits for the credentials.</summary>
    public required string View { get; init; }
}

/// <summary>Read back as LOGIN: the window runs until <see cref="Expiry"/>, fixed by the first such reveal.</summary>
[EventKind("grant.revealed/1")]
public sealed record GrantRevealed : GrantEvent
{
    public required int Generation { get; init; }

    /// <summary>The dialog that shows them; it is blanked a minute later.</summary>
    public required string View { get; init; }

    public required DateTimeOffset Expiry { get; init; }

    /// <summary>VALID UNTIL as it was read back, where that is another end than the one that was approved; absent when they agree.</summary>
    public DateTimeOffset? ServerSays { get; init; }
}

/// <summary>The server has a later password than this ledger ever asked for.</summary>
[EventKind("grant.reveal_found/1")]
public sealed record RevealFound : GrantEvent
{
    /// <summary>Of the password on the server.</summary>
    public required int Generation { get; init; }

    /// <summary>When the first password was set, by the server's clock; absent when the server does not say.</summary>
    public DateTimeOffset? RevealedAt { get; init; }

    /// <summary>A copy of this bot set it, whose ledger is gone; otherwise somebody else did.</summary>
    public required bool ByCopy { get; init; }

    /// <summary>VALID UNTIL as it was read; absent when there is none.</summary>
    public DateTimeOffset? ServerSays { get; init; }

    /// <summary>The end of the window that was taken over; absent when none was.</summary>
    public DateTimeOffset? Expiry { get; init; }
}

/// <summary>Read back as still NOLOGIN, or refused by the server: nothing was handed over.</summary>
[EventKind("grant.reveal_failed/1")]
public sealed record RevealFailed : GrantEvent
{
    public required int Generation { get; init; }

    public required string Why { get; init; }
}

/// <summary>An approved extension: the window ends later. The server follows; until it does, the earlier end holds there.</summary>
[EventKind("grant.extended/1")]
public sealed record GrantExtended : GrantEvent
{
    public required RequestId Request { get; init; }

    public required DateTimeOffset Expiry { get; init; }
}

/// <summary>The server's VALID UNTIL was read back as this.</summary>
[EventKind("grant.extension_applied/1")]
public sealed record ExtensionApplied : GrantEvent
{
    public required DateTimeOffset ValidUntil { get; init; }
}

/// <summary>The server does not take the later end. The end is what it enforces again, or now where that is over.</summary>
[EventKind("grant.extension_refused/1")]
public sealed record ExtensionRefused : GrantEvent
{
    public required DateTimeOffset Expiry { get; init; }

    /// <summary>The warning whose time is over at this end: the news of the refusal stands for it.</summary>
    public EndWarning? Warned { get; init; }

    public required string Code { get; init; }

    public required string Message { get; init; }
}

/// <summary>Somebody set an earlier end on the server by hand; it holds.</summary>
[EventKind("grant.shortened/1")]
public sealed record GrantShortened : GrantEvent
{
    public required DateTimeOffset Expiry { get; init; }

    /// <summary>The warning whose time is over at this end: the news of the earlier end stands for it.</summary>
    public EndWarning? Warned { get; init; }
}

/// <summary>The holder was told that the window ends soon.</summary>
[EventKind("grant.holder_warned/1")]
public sealed record HolderWarned : GrantEvent
{
    public required EndWarning Warning { get; init; }
}

/// <summary>Sessions of the login as the server's views showed them. Written when something new was seen, not at every look.</summary>
[EventKind("grant.sessions_seen/1")]
public sealed record SessionsSeen : GrantEvent
{
    public required DateTimeOffset FirstSeen { get; init; }

    public required DateTimeOffset LastSeen { get; init; }

    public required IReadOnlyList<string> ClientAddresses { get; init; }

    public required int Sessions { get; init; }
}

/// <summary>Its end was decided; from here on only proof closes it.</summary>
[EventKind("grant.ending/1")]
public sealed record GrantEnding : GrantEvent
{
    public required EndReason Reason { get; init; }

    /// <summary>When access had to be over: the overdue clock counts from here.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>A person's words, or what failed; untrusted.</summary>
    public string? Detail { get; init; }
}

/// <summary>Where the ending stands, written when it changes.</summary>
[EventKind("grant.revocation_progressed/1")]
public sealed record RevocationProgressed : GrantEvent
{
    public required RevocationStage Stage { get; init; }

    public required IReadOnlyList<string> Blockers { get; init; }

    public required int SessionsEnded { get; init; }

    /// <summary>When this step ended a session: it was seen until then.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Set while only the declared delay of a standby is missing.</summary>
    public ReplayWait? Waits { get; init; }

    /// <summary>The sessions behind <see cref="RevocationStage.Stripped"/>; absent at every other stage.</summary>
    public IReadOnlyList<UninterruptibleSession>? Uninterruptible { get; init; }

    /// <summary>Learnt while ending, when the making of the login was never concluded; the handle for sessions after the drop.</summary>
    public uint? Oid { get; init; }
}

/// <summary>Still exposed, or still running a statement, 60 s after its end: people are paged.</summary>
[EventKind("grant.overdue/1")]
public sealed record GrantOverdue : GrantEvent
{
    public required IReadOnlyList<string> Blockers { get; init; }
}

/// <summary>
/// Stripped for so long after its end that new grants on its server are made again: nobody can log in, and what still runs has no rights that it did not use
/// already. It is still ended and still paged.
/// </summary>
[EventKind("grant.stopped_no_longer/1")]
public sealed record StoppedNoLonger : GrantEvent;

/// <summary>Closed, and yet its login was on the server once more: it was ended again.</summary>
[EventKind("grant.found_again/1")]
public sealed record GrantFoundAgain : GrantEvent
{
    /// <summary>The server had a password for it.</summary>
    public required bool WasRevealed { get; init; }

    /// <summary>When its first password was set, by the server's clock; absent when the server does not say.</summary>
    public DateTimeOffset? RevealedAt { get; init; }

    /// <summary>Absent while it is not proven gone.</summary>
    public RevocationProof? Proof { get; init; }
}

/// <summary>Read back as gone. Only <see cref="GrantFoundAgain"/> can follow.</summary>
[EventKind("grant.revoked/1")]
public sealed record GrantRevoked : GrantEvent
{
    public required RevocationProof Proof { get; init; }

    public required int SessionsEnded { get; init; }

    /// <summary>The last look that found a session, or the step that ended one; absent when none did.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>When sessions could not be seen between claim and end; absent when there was no such time.</summary>
    public Gaps? Gaps { get; init; }
}

/// <summary>Twice before the end the holder is told.</summary>
public enum EndWarning
{
    First = 0,
    Last = 1,
}
