using System.Text.Json.Nodes;

namespace DbChatOps.Playground.WebApi;

/// <summary>Reads a call's arguments from query, form or JSON body, as the method allows.</summary>
internal static class ArgumentDecoding
{
    /// <summary>Arguments that are JSON inside a form field.</summary>
    private static readonly string[] Nested = ["blocks", "view", "metadata", "attachments", "files"];

    public static async Task<JsonObject> DecodeAsync(HttpRequest request, IWebApiMethod method, CancellationToken ct)
    {
        var arguments = new JsonObject();
        foreach (var (name, value) in request.Query) arguments[name] = value.ToString();

        if (request.HasFormContentType)
        {
            foreach (var (name, value) in await request.ReadFormAsync(ct)) arguments[name] = Decoded(name, value.ToString());
        }
        else if (request.HasJsonContentType())
        {
            using var reader = new StreamReader(request.Body);
            if (Json.TryParse(await reader.ReadToEndAsync(ct)) is not { } body) throw new SlackErrorException("invalid_json");
            if (body is not JsonObject json) throw new SlackErrorException("json_not_object");
            if (method.AcceptsJson)
            {
                foreach (var (name, value) in json) arguments[name] = value?.DeepClone();
            }
        }
        else if (request.ContentLength > 0)
        {
            throw new SlackErrorException(request.ContentType is null ? "missing_post_type" : "invalid_post_type");
        }

        return arguments;
    }

    /// <summary>JSON without a charset is accepted with a warning.</summary>
    public static string? WarningFor(HttpRequest request) =>
        request.HasJsonContentType() && request.GetTypedHeaders().ContentType?.Charset.HasValue is not true ? "missing_charset" : null;

    private static JsonNode? Decoded(string name, string value) =>
        Nested.Contains(name, StringComparer.Ordinal) && Json.TryParse(value) is JsonArray or JsonObject ? Json.TryParse(value) : JsonValue.Create(value);
}
