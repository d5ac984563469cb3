using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>A password that the server has and this ledger did not ask for.</summary>
public sealed record FoundReveal
{
    /// <summary>When the bot saw it.</summary>
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>When the login's first password was set, by the server's clock; absent when the server does not say.</summary>
    public DateTimeOffset? RevealedAt { get; init; }

    /// <summary>
    /// It was there before this process started, or the store is known to be restored: a copy of this bot set it, whose ledger is gone. Otherwise somebody
    /// else did, with the bot's own login.
    /// </summary>
    public required bool ByCopy { get; init; }
}

/// <summary>After its grant was closed the login was found on the server once more, and was ended again.</summary>
public sealed record FoundAgain
{
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>The server had a password for it.</summary>
    public required bool WasRevealed { get; init; }

    /// <summary>When its first password was set, by the server's clock; absent when the server does not say.</summary>
    public DateTimeOffset? RevealedAt { get; init; }

    /// <summary>Absent while it is not proven gone again.</summary>
    public RevocationProof? Proof { get; init; }
}
