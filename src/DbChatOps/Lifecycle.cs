using System.Text;

namespace DbChatOps;

/// <summary>A lifecycle as a visible table of permitted moves; nobody assigns a state elsewhere.</summary>
public sealed class Lifecycle<TState, TTrigger>(string name, TState initial, params IReadOnlyList<(TState From, TTrigger On, TState To)> moves)
    where TState : struct, Enum
    where TTrigger : struct, Enum
{
    public string Name { get; } = name;

    public IReadOnlyList<(TState From, TTrigger On, TState To)> Moves { get; } = moves;

    /// <summary>States without a way out.</summary>
    public IReadOnlyList<TState> Ends { get; } = [.. Enum.GetValues<TState>().Where(state => moves.All(move => !move.From.Equals(state)))];

    public bool Permits(TState from, TTrigger trigger) => Moves.Any(move => move.From.Equals(from) && move.On.Equals(trigger));

    /// <summary>The state after the trigger.</summary>
    /// <exception cref="InvalidOperationException">Not in the table: a verb forgot to ask <see cref="Permits"/>.</exception>
    public TState Next(TState from, TTrigger trigger)
    {
        foreach (var move in Moves)
        {
            if (move.From.Equals(from) && move.On.Equals(trigger))
            {
                return move.To;
            }
        }

        throw new InvalidOperationException($"{Name}: {trigger} is not permitted in {from}.");
    }

    /// <summary>A Mermaid state diagram, for <c>docs/lifecycles.md</c>.</summary>
    public string ToMermaid()
    {
        var text = new StringBuilder("stateDiagram-v2\n").Append("    [*] --> ").Append(initial).Append('\n');
        foreach (var (from, on, to) in Moves)
        {
            text.Append("    ").Append(from).Append(" --> ").Append(to).Append(": ").Append(on).Append('\n');
        }

        foreach (var end in Ends)
        {
            text.Append("    ").Append(end).Append(" --> [*]\n");
        }

        return text.ToString();
    }
}
