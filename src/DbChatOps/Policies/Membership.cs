namespace DbChatOps.Policies;

/// <summary>Who belongs to which group at this click: configured rosters and the directory's fresh answers, put together once and passed around.</summary>
public sealed class Membership
{
    private readonly People _people;
    /// <summary>The code of the refusal while the directory is silent: nothing is known for or against anybody.</summary>
    public const string DirectoryUnavailable = "directory_unavailable";

    private readonly Dictionary<string, IReadOnlySet<Human>> _members;

    /// <summary>No group has members; for decisions that ask about none.</summary>
    public static Membership Nobody { get; } = new(People.Unlinked, new Dictionary<string, IReadOnlySet<Human>>(StringComparer.Ordinal));

    private Membership(People people, Dictionary<string, IReadOnlySet<Human>> members) => (_people, _members) = (people, members);

    /// <summary>
    /// Resolves the groups. <paramref name="answers"/> maps a chat user group to its members; a group that is missing there was not answered
    /// (time-out, rate limit, unknown) and refuses the whole click with <c>directory_unavailable</c>: silence is never read as "everybody" or "nobody".
    /// </summary>
    public static Result<Membership> Resolve(
        People people, IEnumerable<Group> groups, IReadOnlyDictionary<string, IReadOnlySet<PersonId>> answers)
    {
        var members = new Dictionary<string, IReadOnlySet<Human>>(StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var humans = group.Roster.Select(people.Of).ToHashSet();
            if (group.ChatGroup is { } chatGroup)
            {
                if (!answers.TryGetValue(chatGroup, out var answer))
                {
                    return new Refusal(
                        DirectoryUnavailable,
                        $"The chat platform did not say who is in group {group.Name}. Nothing was done; please press again in a moment.");
                }

                Apply(group.ChatGroupUse, humans, answer.Select(people.Of));
            }

            members[group.Name] = humans;
        }

        return new Membership(people, members);
    }

    public Human HumanOf(PersonId identity) => _people.Of(identity);

    /// <summary>Members by human; a group that is not configured (any more) has none.</summary>
    public IReadOnlySet<Human> Members(string group) => _members.TryGetValue(group, out var members) ? members : new HashSet<Human>();

    public bool Contains(string group, PersonId identity) => Members(group).Contains(HumanOf(identity));

    /// <summary>True for a member of at least one; an empty list admits nobody.</summary>
    public bool ContainsAny(IEnumerable<string> groups, PersonId identity) => groups.Any(group => Contains(group, identity));

    private static void Apply(ChatGroupUse use, HashSet<Human> humans, IEnumerable<Human> answer)
    {
        if (use == ChatGroupUse.Widens)
        {
            humans.UnionWith(answer);
        }
        else
        {
            humans.IntersectWith(answer);
        }
    }
}
