namespace DbChatOps.Policies;

/// <summary>Which identities belong to one human, as linked in configuration. E-mail and display name never link.</summary>
public sealed class People(IReadOnlyList<Human> linked)
{
    private readonly Dictionary<PersonId, Human> _byIdentity = linked
        .SelectMany(human => human.Identities, static (human, identity) => (human, identity))
        .ToDictionary(pair => pair.identity, pair => pair.human);

    /// <summary>Nobody is linked: every identity is a human of its own.</summary>
    public static People Unlinked { get; } = new([]);

    public IReadOnlyList<Human> Linked { get; } = linked;

    /// <summary>The human behind an identity; an identity that is not linked stands for itself.</summary>
    public Human Of(PersonId identity) =>
        _byIdentity.TryGetValue(identity, out var human) ? human : new Human { Key = identity.ToString(), Identities = [identity] };

    /// <summary>
    /// Whether two identities belong to one human as the configuration says now. What was written down about a person (<see cref="Principal.Human"/> on a grant
    /// or a request) is what it said then: links and names may have changed since.
    /// </summary>
    public bool AreSame(PersonId one, PersonId other) => one == other || Of(one).Key == Of(other).Key;
}
