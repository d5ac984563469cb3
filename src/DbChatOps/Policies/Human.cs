namespace DbChatOps.Policies;

/// <summary>
/// A person of flesh and blood with every chat identity that the configuration links. Seats count humans, so that two accounts never count twice.
/// </summary>
public sealed record Human
{
    /// <summary>The configured name of a linked person, else the one identity as text. The two cannot collide: only identities contain colons.</summary>
    public required string Key { get; init; }

    public required IReadOnlyList<PersonId> Identities { get; init; }

    /// <summary>
    /// True when this human's account in the other's organisation is known. Without that knowledge the two could be one person with two
    /// accounts, and separation of duty would rest on a guess.
    /// </summary>
    public bool IsKnownBesides(PersonId other) =>
        Identities.Any(identity => identity.Platform == other.Platform && identity.Realm == other.Realm);

    public bool Equals(Human? other) => other is not null && other.Key == Key;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Key);
}
