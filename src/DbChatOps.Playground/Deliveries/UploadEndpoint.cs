using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>POST of a file's bytes to the address that files.getUploadURLExternal gave; raw or as one multipart file.</summary>
internal sealed class UploadEndpoint(SlackWorld world, Journal journal)
{
    public async Task HandleAsync(HttpContext http, string ticket)
    {
        var started = Stopwatch.GetTimestamp();
        var ct = http.RequestAborted;
        using var received = new MemoryStream();
        if (http.Request.HasFormContentType && (await http.Request.ReadFormAsync(ct)).Files is { Count: > 0 } files)
            await files[0].CopyToAsync(received, ct);
        else
            await http.Request.Body.CopyToAsync(received, ct);

        var bytes = received.ToArray();
        var isKnown = world.Change(() => Receive(ticket, bytes));
        http.Response.StatusCode = isKnown ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        journal.Record("upload", JsonValue.Create(System.Text.Encoding.UTF8.GetString(bytes)), new JsonObject { ["ok"] = isKnown }, http.Response.StatusCode, Stopwatch.GetElapsedTime(started));
        await http.Response.WriteAsync(isKnown ? string.Create(CultureInfo.InvariantCulture, $"OK - {bytes.Length}") : "not found", ct);
    }

    private bool Receive(string ticket, byte[] bytes)
    {
        var file = world.Files.Values.FirstOrDefault(candidate => string.Equals(candidate.UploadTicket, ticket, StringComparison.Ordinal));
        if (file is null || file.IsComplete) return false;
        world.Files[file.Id] = file with { Bytes = bytes };
        return true;
    }
}
