using DbChatOps.Chat;

namespace DbChatOps.Alerts;

/// <summary>Pages people, unless this key pages already (or, for something that merely happened, ever did).</summary>
public sealed record RaiseAlert(string Key, string Summary, string Component, string Channel) : Command
{
    /// <summary>A detail may be a statement with long names in it, which must not be cut.</summary>
    private const int LongestDetail = 1500;

    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>False for what happened and is over, such as a jump of the clock.</summary>
    public bool Lasts { get; init; } = true;

    public override Subject Subject => new(Alert.Kind, Key);

    public static Result<Decision<Alert>> Decide(Alert? alert, RaiseAlert command, Facts facts) =>
        alert is { State: AlertState.Raised or AlertState.Told }
            ? Decision<Alert>.Unchanged(alert)
            : Decision<Alert>.Of(alert, new AlertRaised
            {
                Key = command.Key,
                Summary = PlainText.Clean(command.Summary, 300),
                Component = command.Component,
                Details = [.. command.Details.Take(10).Select(detail => PlainText.Clean(detail, LongestDetail))],
                Channel = command.Channel,
                Lasts = command.Lasts,
                By = facts.Actor.Id,
                At = facts.Now,
            });
}

/// <summary>The trouble is over. Nothing happens when it was not raised; refuses <c>unknown_alert</c> when it never was.</summary>
public sealed record ResolveAlert(string Key) : Command
{
    public override Subject Subject => new(Alert.Kind, Key);

    public static Result<Decision<Alert>> Decide(Alert? alert, ResolveAlert command, Facts facts) => alert switch
    {
        null => new Refusal("unknown_alert", "There is no such alert."),
        { State: AlertState.Raised } => Decision<Alert>.Of(alert, new AlertResolved { Key = command.Key, By = facts.Actor.Id, At = facts.Now }),
        _ => Decision<Alert>.Unchanged(alert),
    };
}
