using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

/// <summary>POST (or GET) /api/METHOD: token, scope, faults, arguments, the method itself, and the journal.</summary>
internal sealed class WebApiEndpoint(SlackWorld world, SlackWorkspaceSettings settings, FaultPlan faults, Journal journal)
{
    private const string HtmlPage = "<html><head><title>Server Error</title></head><body><h1>Server Error</h1></body></html>";

    public async Task HandleAsync(HttpContext http, string name)
    {
        var started = Stopwatch.GetTimestamp();
        var ct = http.RequestAborted;
        if (!WebApiMethods.ByName.TryGetValue(name, out var method))
        {
            await AnswerAsync(http, name, started, [], new SlackErrorException("unknown_method").ToJson());
            return;
        }

        var arguments = new JsonObject();
        SlackErrorException? refusal = null;
        try
        {
            arguments = await ArgumentDecoding.DecodeAsync(http.Request, method, ct);
            RequireToken(http.Request, method, arguments);
            RequireScope(method);
        }
        catch (SlackErrorException error)
        {
            refusal = error;
        }

        arguments.Remove("token");
        switch (faults.Take(name))
        {
            case Fault.Slow slow:
                await Task.Delay(slow.By, settings.Clock, ct);
                break;
            case Fault.Held held:
                await held.WaitAsync(ct);
                break;
            case Fault.RateLimited limited:
                refusal = new SlackErrorException("ratelimited") { RetryAfter = limited.RetryAfter };
                break;
            case Fault.Refused refused:
                refusal = new SlackErrorException(refused.Code);
                break;
            case Fault.HtmlError html:
                Record(name, started, arguments, answer: null, html.Status);
                http.Response.StatusCode = html.Status;
                http.Response.ContentType = "text/html";
                await http.Response.WriteAsync(HtmlPage, ct);
                return;
            case Fault.Reset:
                Record(name, started, arguments, answer: null, status: 0);
                http.Abort();
                return;
            case Fault.LostAnswer:
                Record(name, started, arguments, Perform(method, arguments, http.Request, refusal).Answer, status: 0);
                http.Abort();
                return;
        }

        var (answer, retryAfter) = Perform(method, arguments, http.Request, refusal);
        await AnswerAsync(http, name, started, arguments, answer, retryAfter);
    }

    private (JsonObject Answer, TimeSpan? RetryAfter) Perform(IWebApiMethod method, JsonObject arguments, HttpRequest request, SlackErrorException? refusal)
    {
        try
        {
            if (refusal is not null) throw refusal;
            var address = new Uri($"{request.Scheme}://{request.Host}/");
            var answer = world.Change(() => method.Answer(new ApiCall(arguments, world, settings, address)));
            answer.Insert(0, "ok", true);
            if (ArgumentDecoding.WarningFor(request) is { } warning) Warn(answer, warning);
            return (answer, null);
        }
        catch (SlackErrorException error)
        {
            return (error.ToJson(), error.RetryAfter);
        }
    }

    private static void Warn(JsonObject answer, string warning)
    {
        answer["warning"] = warning;
        if (answer["response_metadata"] is not JsonObject metadata) answer["response_metadata"] = metadata = [];
        metadata["warnings"] = new JsonArray(warning);
    }

    private void RequireToken(HttpRequest request, IWebApiMethod method, JsonObject arguments)
    {
        var header = request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..] : arguments.Text("token");
        if (string.IsNullOrEmpty(token)) throw new SlackErrorException("not_authed");
        if (token.StartsWith("xapp-", StringComparison.Ordinal) != method.WantsAppToken) throw new SlackErrorException("not_allowed_token_type");
        if (!string.Equals(token, method.WantsAppToken ? settings.AppToken : settings.BotToken, StringComparison.Ordinal)) throw new SlackErrorException("invalid_auth");
    }

    private void RequireScope(IWebApiMethod method)
    {
        if (method.Scope is null || settings.Scopes.Contains(method.Scope)) return;
        throw new SlackErrorException("missing_scope")
        {
            Extras = new JsonObject { ["needed"] = method.Scope, ["provided"] = string.Join(',', settings.Scopes.Order(StringComparer.Ordinal)) },
        };
    }

    private async Task AnswerAsync(HttpContext http, string name, long started, JsonObject arguments, JsonObject answer, TimeSpan? retryAfter = null)
    {
        if (retryAfter is { } wait)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        Record(name, started, arguments, answer, http.Response.StatusCode);
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(Json.Write(answer), http.RequestAborted);
    }

    private void Record(string name, long started, JsonObject arguments, JsonObject? answer, int status) =>
        journal.Record(name, arguments, answer, status, Stopwatch.GetElapsedTime(started));
}
