using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

/// <summary>A "no" of the Web API: <c>{"ok": false, "error": code}</c>, with whatever else Slack tells beside it.</summary>
internal sealed class SlackErrorException(string code) : Exception(code)
{
    public string Code { get; } = code;

    public JsonObject Extras { get; init; } = [];

    /// <summary>How long to wait; turns the answer into HTTP 429.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static SlackErrorException WithMessages(string code, IReadOnlyList<string> findings) => new(code)
    {
        Extras = new JsonObject
        {
            ["errors"] = Json.Array(findings),
            ["response_metadata"] = new JsonObject { ["messages"] = Json.Array(findings.Select(finding => "[ERROR] " + finding)) },
        },
    };

    public static SlackErrorException MissingArgument(string name) => new("invalid_arguments")
    {
        Extras = new JsonObject
        {
            ["response_metadata"] = new JsonObject { ["messages"] = new JsonArray($"[ERROR] missing required field: {name}") },
        },
    };

    public JsonObject ToJson()
    {
        var answer = new JsonObject { ["ok"] = false, ["error"] = Code };
        foreach (var extra in Extras) answer[extra.Key] = extra.Value?.DeepClone();
        return answer;
    }
}
