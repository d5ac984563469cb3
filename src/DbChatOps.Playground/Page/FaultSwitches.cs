using System.Text.Json.Nodes;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.WebApi;

namespace DbChatOps.Playground.Page;

/// <summary>What a person may let go wrong: calls of the bot by the fault plan, deliveries to the bot by its doorway.</summary>
internal sealed class FaultSwitches(SlackWorkspace slack)
{
    public JsonObject List() => new()
    {
        ["methods"] = Json.Array(WebApiMethods.ByName.Keys.Order(StringComparer.Ordinal)),
        ["pending"] = Json.Array(slack.Faults.Pending.Select(planned => new JsonObject
        {
            ["id"] = planned.Id, ["method"] = planned.Method, ["fault"] = Name(planned.Fault), ["left"] = planned.Left == int.MaxValue ? null : planned.Left,
        })),
        ["repeats"] = slack.Bot.RepeatNext,
        ["sockets"] = slack.Settings.SocketMode ? slack.Bot.Sockets.Count : null,
        ["signature"] = slack.Bot.NextSignature is SignatureFault.None ? null : slack.Bot.NextSignature.ToString(),
    };

    /// <summary>
    /// Plans what the page asks for: <c>fault</c>, and with it <c>method</c>, <c>times</c> (absent: until it is taken back) and <c>seconds</c>.
    /// What is asked of sockets (<c>refresh</c>, <c>warning</c>, <c>cut</c>) happens at once.
    /// </summary>
    public async Task PlanAsync(JsonObject wish, CancellationToken ct)
    {
        var times = Number(wish, "times") ?? int.MaxValue;
        var fault = wish.Text("fault");
        if (times < 1) throw new ImpossibleGestureException("How often? At least once.");
        if (fault is "repeat") slack.Bot.RepeatNext = times;
        else if (fault is "signature") slack.Bot.NextSignature = SignatureFault.WrongSecret;
        else if (fault is "stale") slack.Bot.NextSignature = SignatureFault.StaleTimestamp;
        else if (slack.Settings.SocketMode && fault is "refresh") await slack.Bot.Sockets.RefreshOldestAsync(ct);
        else if (slack.Settings.SocketMode && fault is "warning") await slack.Bot.Sockets.WarnOldestAsync(ct);
        else if (slack.Settings.SocketMode && fault is "cut") slack.Bot.Sockets.Cut();
        else slack.Faults.On(Method(wish), Read(fault, TimeSpan.FromSeconds(Math.Clamp(Number(wish, "seconds") ?? 5, 1, 600))), times);
        slack.World.Signal();
    }

    /// <summary>Takes back one plan, or everything.</summary>
    public void Forget(JsonObject wish)
    {
        if (Number(wish, "id") is { } id) slack.Faults.Forget(id);
        else
        {
            slack.Faults.Clear();
            slack.Bot.RepeatNext = 0;
            slack.Bot.NextSignature = SignatureFault.None;
        }

        slack.World.Signal();
    }

    private static string Method(JsonObject wish)
    {
        var method = wish.Text("method") ?? FaultPlan.AnyMethod;
        return method is FaultPlan.AnyMethod || WebApiMethods.ByName.ContainsKey(method)
            ? method
            : throw new ImpossibleGestureException($"There is no method {method}.");
    }

    private static Fault Read(string? name, TimeSpan span) => name switch
    {
        "slow" => new Fault.Slow(span),
        "limited" => new Fault.RateLimited(span),
        "dropped" => new Fault.Reset(),
        "lost" => new Fault.LostAnswer(),
        "broken" => new Fault.HtmlError(),
        "refused" => new Fault.Refused("internal_error"),
        _ => throw new ImpossibleGestureException($"There is no fault \"{name}\"."),
    };

    private static string Name(Fault fault) => fault switch
    {
        Fault.Slow slow => $"answered after {slow.By.TotalSeconds:0} s",
        Fault.RateLimited limited => $"429, come back in {limited.RetryAfter.TotalSeconds:0} s",
        Fault.Reset => "connection cut, nothing done",
        Fault.LostAnswer => "done, but the answer is lost",
        Fault.HtmlError error => $"HTTP {error.Status} with a page",
        Fault.Refused refused => "refused: " + refused.Code,
        _ => "held",
    };

    private static int? Number(JsonObject wish, string name) => wish[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
