namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Who is a member of what, directly or not.</summary>
internal sealed class Memberships(IEnumerable<Membership> all)
{
    private readonly ILookup<string, Membership> _byMember = all.ToLookup(static m => m.Member, StringComparer.Ordinal);

    /// <summary>The memberships that a role has itself.</summary>
    public IEnumerable<Membership> Of(string member) => _byMember[member];

    /// <summary>Every role that a role is a member of, directly or not, without itself.</summary>
    public IReadOnlyList<string> Above(string role)
    {
        var above = new List<string>();
        var waiting = new Queue<string>([role]);
        while (waiting.TryDequeue(out var next))
        {
            foreach (var membership in _byMember[next].Where(m => !string.Equals(m.Role, role, StringComparison.Ordinal) && !above.Contains(m.Role, StringComparer.Ordinal)))
            {
                above.Add(membership.Role);
                waiting.Enqueue(membership.Role);
            }
        }

        return above;
    }

    /// <summary>The role's own memberships by which it comes to another role.</summary>
    public IReadOnlyList<Membership> Towards(string role, string reached) =>
        [.. _byMember[role].Where(m => string.Equals(m.Role, reached, StringComparison.Ordinal) || Above(m.Role).Contains(reached, StringComparer.Ordinal))];

    /// <summary>The statements after which a role no longer comes to another one. Memberships of other roles stay as they are.</summary>
    public string Cut(string role, string reached) => string.Join('\n', Towards(role, reached).Select(static m => m.Revoke));
}
