namespace DbChatOps.Access;

/// <summary>Where a grant stands. Nothing ends in failure: what cannot be finished stays in <see cref="Revoking"/> and is tried for ever.</summary>
public enum GrantState
{
    /// <summary>Approved; the login is being made without LOGIN. The engine moves it on.</summary>
    Provisioning = 0,

    /// <summary>The login exists and cannot log in. The holder moves it on by revealing; the claim clock ends it.</summary>
    Ready = 1,

    /// <summary>A password was handed over; the window runs. Time, the holder or a person with the right to revoke ends it.</summary>
    Active = 2,

    /// <summary>Being ended. Only proof moves it on.</summary>
    Revoking = 3,

    /// <summary>Proven gone on every listed node.</summary>
    Revoked = 4,
}

/// <summary>What moves a grant on.</summary>
public enum GrantTrigger
{
    Provision = 0,
    Reveal = 1,
    End = 2,
    Prove = 3,
}

/// <summary>Why a grant ended; kept apart because people ask.</summary>
public enum EndReason
{
    Expired = 0,
    Released = 1,
    Revoked = 2,
    Unclaimed = 3,
    Failed = 4,

    /// <summary>Dropped by hand, or the server was restored to an earlier time.</summary>
    LoginLost = 5,

    PersonDeactivated = 6,

    /// <summary>Policy, groups or target were tightened after the approval; found when the holder claimed it.</summary>
    NoLongerAllowed = 7,

    /// <summary>Somebody other than this bot set a password for its login.</summary>
    RevealedElsewhere = 8,

    /// <summary>Its login was made before, by a copy of this bot whose ledger is gone; a name is never used twice.</summary>
    MadeBefore = 9,
}

/// <summary>The permitted moves of a grant.</summary>
public static class GrantLifecycle
{
    public static Lifecycle<GrantState, GrantTrigger> Table { get; } = new(
        "Grant",
        GrantState.Provisioning,
        (GrantState.Provisioning, GrantTrigger.Provision, GrantState.Ready),
        (GrantState.Provisioning, GrantTrigger.End, GrantState.Revoking),
        (GrantState.Ready, GrantTrigger.Reveal, GrantState.Active),
        (GrantState.Ready, GrantTrigger.End, GrantState.Revoking),
        (GrantState.Active, GrantTrigger.Reveal, GrantState.Active),
        (GrantState.Active, GrantTrigger.End, GrantState.Revoking),
        (GrantState.Revoking, GrantTrigger.Prove, GrantState.Revoked));
}
