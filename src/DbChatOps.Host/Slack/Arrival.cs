using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>What a payload turned out to be whose way in was believed (signature or socket).</summary>
internal abstract record Arrival
{
    private Arrival()
    {
    }

    /// <summary>Something to decide; more than one when several actions were pressed in one payload.</summary>
    public sealed record Accepted(IReadOnlyList<Delivery> Deliveries) : Arrival;

    /// <summary>Nothing that concerns us; acknowledged, not stored.</summary>
    public sealed record Ignored(string What) : Arrival;

    /// <summary>Another app, or another organisation's installation of ours.</summary>
    public sealed record NotOurs(string What) : Arrival;

    /// <summary>Typed by somebody whose workspace is not ours: told so in a sentence, and nothing is kept.</summary>
    public sealed record Outsider(string What) : Arrival;

    /// <summary>What was turned away, for the log; null for everything else.</summary>
    public string? Refused => this switch
    {
        NotOurs other => other.What,
        Outsider outsider => outsider.What,
        _ => null,
    };

    public static Arrival Of(Delivery delivery) => new Accepted([delivery]);
}
