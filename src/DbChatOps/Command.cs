using System.Text.Json.Serialization;

namespace DbChatOps;

/// <summary>
/// A question to the decider about one aggregate. Commands that timers give are stored in agenda rows as JSON, under the record's name;
/// they are internal to one version and its predecessor, unlike events.
/// </summary>
public abstract record Command
{
    [JsonIgnore]
    public abstract Subject Subject { get; }
}
