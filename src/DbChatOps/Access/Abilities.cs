namespace DbChatOps.Access;

/// <summary>What somebody may do here, as far as it tells commands apart. Only for what help lists: every verb judges for itself.</summary>
public sealed record Abilities
{
    public static Abilities Every { get; } = new() { Ask = true, Own = true, Review = true, EndOthers = true, CutOff = true };

    /// <summary>When the directory did not answer: nothing is known, so nothing is left out.</summary>
    public static Abilities Unknown { get; } = Every with { Known = false };

    /// <summary>Some policy offers them some target.</summary>
    public required bool Ask { get; init; }

    /// <summary>A request or a grant of theirs is open, whatever they may ask for now.</summary>
    public required bool Own { get; init; }

    /// <summary>They could fill a seat of some rule.</summary>
    public required bool Review { get; init; }

    /// <summary>They may end grants of others: those that they approved, or everybody's.</summary>
    public required bool EndOthers { get; init; }

    /// <summary>They are in a group that cuts people off.</summary>
    public required bool CutOff { get; init; }

    public bool Known { get; init; } = true;
}
