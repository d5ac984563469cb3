using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary><c>audit export --format jsonl|csv</c>: entries as other programs read them, streamed, oldest first.</summary>
public sealed class AuditExport(ILedgerReader reader, TextWriter output)
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Columns = ["sequence", "at", "kind", "subject", "incident", "body", "salt", "bodyDigest", "hash"];

    /// <summary>JSON Lines: one object a line; the body as the JSON it is, or null when it was redacted.</summary>
    public async Task<long> WriteJsonLinesAsync(EntryFilter filter, CancellationToken ct)
    {
        var count = 0L;
        await foreach (var entry in reader.ReadEntriesAsync(filter, ct))
        {
            await output.WriteAsync(ToJson(entry) + "\n");
            count++;
        }

        return count;
    }

    /// <summary>RFC 4180 with a header. A cell that a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public async Task<long> WriteCsvAsync(EntryFilter filter, CancellationToken ct)
    {
        var count = 0L;
        await output.WriteAsync(Row(Columns));
        await foreach (var entry in reader.ReadEntriesAsync(filter, ct))
        {
            await output.WriteAsync(Row(
            [
                entry.Sequence.ToString(CultureInfo.InvariantCulture),
                At(entry),
                entry.Kind,
                entry.Subject,
                entry.Incident ?? "",
                entry.Body is null ? "" : Encoding.UTF8.GetString(entry.Body),
                Hex(entry.Salt) ?? "",
                Hex(entry.BodyDigest) ?? "",
                Hex(entry.Hash) ?? "",
            ]));
            count++;
        }

        return count;
    }

    private static string ToJson(LedgerEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", entry.Sequence);
            json.WriteString("at", At(entry));
            json.WriteString("kind", entry.Kind);
            json.WriteString("subject", entry.Subject);
            json.WriteString("incident", entry.Incident);
            json.WritePropertyName("body");
            WriteBody(json, entry.Body);
            json.WriteString("salt", Hex(entry.Salt));
            json.WriteString("bodyDigest", Hex(entry.BodyDigest));
            json.WriteString("hash", Hex(entry.Hash));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteBody(Utf8JsonWriter json, byte[]? body)
    {
        if (body is null)
        {
            json.WriteNullValue();
        }
        else if (!body.AsSpan().ContainsAny((byte)'\n', (byte)'\r') && IsJson(body))
        {
            // The very bytes that were hashed, so that a reader can check the digest.
            json.WriteRawValue(body, skipInputValidation: true);
        }
        else
        {
            // Somebody else wrote this: show it without letting it break the line.
            json.WriteStringValue(Encoding.UTF8.GetString(body));
        }
    }

    private static bool IsJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Row(IReadOnlyList<string> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    private static string Cell(string text)
    {
        var inert = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text;
        return inert.AsSpan().ContainsAny(",\"\r\n") ? $"\"{inert.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : inert;
    }

    private static string At(LedgerEntry entry) => entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static string? Hex(byte[]? bytes) => bytes is null ? null : Convert.ToHexStringLower(bytes);
}
