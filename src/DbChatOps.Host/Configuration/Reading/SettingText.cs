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
            // The parser's own sentence may quote the text around the mistake, and that may be a secret.
            problems.Add(new SettingProblem(file, fault.LineNumber is { } line
                ? $"is not valid JSON (line {line + 1}, column {fault.BytePositionInLine + 1})"
                : "is not valid JSON, or holds a key twice in one object"));
        }

        return SettingNode.Nothing();
    }

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
