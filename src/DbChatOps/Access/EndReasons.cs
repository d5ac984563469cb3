namespace DbChatOps.Access;

/// <summary>End reasons as people read them, on cards and on a terminal.</summary>
public static class EndReasons
{
    /// <summary>A phrase that fits after the fact of the end: "proven gone 14:03:07 (released by its holder)".</summary>
    public static string ToWords(this EndReason reason) => reason switch
    {
        EndReason.Expired => "the window is over",
        EndReason.Released => "released by its holder",
        EndReason.Revoked => "revoked",
        EndReason.Unclaimed => "never claimed",
        EndReason.Failed => "it could not be made",
        EndReason.LoginLost => "its login disappeared from the server",
        EndReason.PersonDeactivated => "the holder may no longer hold access",
        EndReason.NoLongerAllowed => "no longer allowed",
        EndReason.RevealedElsewhere => "somebody else set a password for its login",
        EndReason.MadeBefore => "its login was made before by a copy of this bot that is gone",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, message: null),
    };

    /// <summary>One word for a table.</summary>
    public static string ToWord(this EndReason reason) => reason switch
    {
        EndReason.Expired => "expired",
        EndReason.Released => "released",
        EndReason.Revoked => "revoked",
        EndReason.Unclaimed => "unclaimed",
        EndReason.Failed => "failed",
        EndReason.LoginLost => "lost",
        EndReason.PersonDeactivated => "account gone",
        EndReason.NoLongerAllowed => "disallowed",
        EndReason.RevealedElsewhere => "taken over",
        EndReason.MadeBefore => "made before",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, message: null),
    };
}
