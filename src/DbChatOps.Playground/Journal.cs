using System.Collections.Immutable;
using System.Text.Json.Nodes;
using DbChatOps.Playground.Deliveries;

namespace DbChatOps.Playground;

/// <summary>One thing the bot sent to this workspace, whole: a method call, a post to a response URL, or the answer to a delivery.</summary>
public sealed record JournalEntry
{
    public required int Sequence { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The Web API method, or <c>response_url</c>, <c>upload</c>, <c>answer:commands</c>, <c>answer:interactions</c>, <c>answer:events</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The arguments, nested JSON decoded; for answers the body.</summary>
    public required JsonNode? Arguments { get; init; }

    /// <summary>What was answered, or would have been if a fault had not swallowed it.</summary>
    public JsonNode? Answer { get; init; }

    /// <summary>What this workspace had sent to the bot, when this entry is the answer to it.</summary>
    public SentDelivery? Sent { get; init; }

    /// <summary>0 when no answer went through.</summary>
    public int Status { get; init; } = 200;

    /// <summary>From the arrival to the answer, or from the delivery to the bot's answer.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>True for a delivery to the bot, false for a call of the bot.</summary>
    public bool IsDelivery => Method.StartsWith("answer:", StringComparison.Ordinal);

    /// <summary>True when the workspace did what was asked.</summary>
    public bool IsOk => Answer.Flag("ok");

    public string? Error => Answer.Text("error");

    public override string ToString() => $"{Sequence} {Method} {Json.Write(Arguments)} → {Status} {Json.Write(Answer)}";
}

/// <summary>Everything the bot ever sent, in order. A secret that got out is found here.</summary>
public sealed class Journal(TimeProvider clock, Action whenRecorded)
{
    private ImmutableList<JournalEntry> _entries = [];

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>The calls of one method, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Of(string method) =>
        [.. _entries.Where(entry => string.Equals(entry.Method, method, StringComparison.Ordinal))];

    /// <summary>Where these characters went: in any argument or body, as they stand after JSON decoding.</summary>
    public IReadOnlyList<JournalEntry> Mentioning(string canary) => [.. _entries.Where(entry => Mentions(entry.Arguments, canary))];

    internal void Record(string method, JsonNode? arguments, JsonNode? answer, int status, TimeSpan took, SentDelivery? sent = null)
    {
        ImmutableInterlocked.Update(ref _entries, entries => entries.Add(new JournalEntry
        {
            Sequence = entries.Count + 1,
            At = clock.GetUtcNow(),
            Method = method,
            Arguments = arguments?.DeepClone(),
            Answer = answer?.DeepClone(),
            Sent = sent,
            Status = status,
            Took = took,
        }));
        whenRecorded();
    }

    private static bool Mentions(JsonNode? node, string canary) => node switch
    {
        JsonObject json => json.Any(member => member.Key.Contains(canary, StringComparison.Ordinal) || Mentions(member.Value, canary)),
        JsonArray array => array.Any(item => Mentions(item, canary)),
        JsonValue value => value.ToString().Contains(canary, StringComparison.Ordinal),
        _ => false,
    };
}
