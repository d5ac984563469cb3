using System.Text.Json;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>JSON text to nodes. Comments and trailing commas are welcome; a key written twice is not.</summary>
internal static class SettingText
{
    private const int MaximumLength = 4_000_000;

    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        MaxDepth = 32,
    };

    private static readonly IReadOnlyList<(string Theirs, string Ours)> Complaints =
    [
        ("Expected either ',', '}', or ']'", "a comma or a closing bracket is missing before this"),
        ("Expected either ',' or '}'", "a comma or a closing bracket is missing before this"),
        ("invalid after a value", "a comma or a closing bracket is missing before this"),
        ("invalid after a property name", "a colon is missing before this"),
        ("start of a property name", "a key in double quotes must stand here"),
        ("start of a value", "a value must stand here; texts stand in double quotes"),
        ("invalid JSON literal", "texts stand in double quotes"),
        ("Expected end of string", "a text is not closed"),
        ("within a JSON string", "a text holds a line break or a bare backslash"),
        ("Expected depth to be zero", "a bracket is never closed"),
        ("does not contain any JSON tokens", "it is empty"),
        ("Duplicate", "a key stands twice in one object"),
    ];

    public static SettingNode.Branch Parse(string json, string file, string? origin, ICollection<SettingProblem> problems)
    {
        if (json.Length > MaximumLength)
        {
            problems.Add(new SettingProblem(file, $"is larger than {MaximumLength} characters"));
            return SettingNode.Nothing();
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            if (Convert(document.RootElement, origin) is SettingNode.Branch branch)
            {
                return branch;
            }

            problems.Add(new SettingProblem(file, "must hold one JSON object"));
        }
        catch (JsonException fault)
        {
            problems.Add(new SettingProblem(file, fault.LineNumber is { } line
                ? $"is not valid JSON (line {line + 1}, column {fault.BytePositionInLine + 1}){Why(fault.Message)}"
                : "is not valid JSON, or holds a key twice in one object"));
        }

        return SettingNode.Nothing();
    }

    /// <summary>The parser's own sentence may quote the text around the mistake, and that may be a secret: only what is known by heart is said.</summary>
    private static string Why(string complaint) => Complaints.FirstOrDefault(known => complaint.Contains(known.Theirs, StringComparison.Ordinal)).Ours is { } ours ? $": {ours}" : "";

    private static SettingNode Convert(JsonElement element, string? origin) => element.ValueKind switch
    {
        JsonValueKind.Object => new SettingNode.Branch(
            element.EnumerateObject().ToDictionary(member => member.Name, member => Convert(member.Value, origin), StringComparer.Ordinal), origin),
        JsonValueKind.Array => new SettingNode.Series([.. element.EnumerateArray().Select(item => Convert(item, origin))], origin),
        JsonValueKind.String => new SettingNode.Leaf(element.GetString() ?? "", LeafKind.Text, origin),
        JsonValueKind.Number => new SettingNode.Leaf(element.GetRawText(), LeafKind.Number, origin),
        JsonValueKind.True or JsonValueKind.False => new SettingNode.Leaf(element.GetRawText(), LeafKind.Flag, origin),
        _ => new SettingNode.Leaf("null", LeafKind.Null, origin),
    };
}
