using DbChatOps.Chat;

namespace DbChatOps.Targets;

/// <summary>All servers and targets of the loaded configuration. Names are matched whole, never by prefix.</summary>
public sealed class TargetBook(IReadOnlyList<Server> servers, IReadOnlyList<Target> targets)
{
    private readonly Dictionary<ServerId, Server> _servers = servers.ToDictionary(server => server.Id);
    private readonly Dictionary<TargetId, Target> _targets = targets.ToDictionary(target => target.Id);

    public IReadOnlyList<Server> Servers { get; } = servers;

    public IReadOnlyList<Target> Targets { get; } = targets;

    public Server? Server(ServerId id) => _servers.GetValueOrDefault(id);

    public Target? Target(TargetId id) => _targets.GetValueOrDefault(id);

    /// <summary>Where a physical copy comes from in the end; the server itself when it is no declared copy.</summary>
    public ServerId OriginalOf(Server server)
    {
        var original = server;
        for (var step = 0; step < Servers.Count && original.CloneOf is { } next && Server(next) is { } earlier; step++)
        {
            original = earlier;
        }

        return original.Id;
    }

    /// <summary>Refuses <c>unknown_target</c>; the sentence offers the nearest of <paramref name="visible"/>, so that a hidden target and an absent one read alike.</summary>
    public static Result<Target> Find(string typed, IEnumerable<Target> visible)
    {
        var name = typed.Trim().ToLowerInvariant();
        var shown = visible.ToList();
        if (shown.Find(target => target.Id.Value == name) is { } found)
        {
            return found;
        }

        var nearest = Nearest.To(name, shown.Select(target => target.Id.Value));
        return new Refusal("unknown_target", nearest is null
            ? $"There is no target '{PlainText.Clean(typed, 60)}' that you may ask for. `/db targets` lists yours."
            : $"There is no target '{PlainText.Clean(typed, 60)}' that you may ask for. Did you mean '{nearest}'?");
    }
}
