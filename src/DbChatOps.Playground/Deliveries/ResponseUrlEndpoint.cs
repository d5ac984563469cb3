using System.Diagnostics;
using System.Text.Json.Nodes;
using DbChatOps.Playground.WebApi;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>POST to a response URL. No token: whoever knows the address may post, which is why it is a secret.</summary>
internal sealed class ResponseUrlEndpoint(SlackWorld world, Journal journal)
{
    public async Task HandleAsync(HttpContext http, string ticket)
    {
        var started = Stopwatch.GetTimestamp();
        using var reader = new StreamReader(http.Request.Body);
        var body = Json.TryParse(await reader.ReadToEndAsync(http.RequestAborted)) as JsonObject;
        var trouble = world.Change(() => Accept(ticket, body));
        http.Response.StatusCode = trouble switch
        {
            null => StatusCodes.Status200OK,
            "expired_url" or "used_url" => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status400BadRequest,
        };
        journal.Record("response_url", body, new JsonObject { ["ok"] = trouble is null, ["error"] = trouble }, http.Response.StatusCode, Stopwatch.GetElapsedTime(started));
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(trouble ?? "ok", http.RequestAborted);
    }

    private string? Accept(string ticket, JsonObject? body)
    {
        if (!world.ResponseUrls.TryGetValue(ticket, out var url) || world.Now - url.IssuedAt > ResponseUrl.Lifetime) return "expired_url";
        if (url.Used >= ResponseUrl.Uses) return "used_url";
        if (body is null) return "invalid_payload";

        world.ResponseUrls[ticket] = url with { Used = url.Used + 1 };
        var original = url.OriginalTs is { } ts ? world.Messages.GetValueOrDefault(ts) : null;
        try
        {
            return Act(url, body, original);
        }
        catch (SlackErrorException error)
        {
            return error.Code;
        }
    }

    private string? Act(ResponseUrl url, JsonObject body, SlackMessage? original)
    {
        if (body.Flag("delete_original"))
        {
            if (original is null) return "message_not_found";
            world.Messages.Remove(original.Ts);
            return null;
        }

        if (ResponseMessages.Read(body, url.ChannelId) is not { } message) return "no_text";
        if (body.Flag("replace_original") && original is not null)
            world.Messages[original.Ts] = original with { Text = message.Text, Blocks = message.Blocks, EditedTs = world.NextTs() };
        else
            world.Post(message with { OnlyFor = body.Text("response_type") is "in_channel" ? null : url.UserId });
        return null;
    }
}
