using System.Text.Json.Nodes;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Page;

/// <summary>The page at <c>/</c> and what it asks for under <c>/playground</c>: a workspace that people can use with a browser.</summary>
internal sealed class PlaygroundPage(SlackWorkspace slack, CancellationToken stopping)
{
    private readonly ReadMarks _marks = new(slack.World.Read(slack.World.NextTs));
    private readonly PageGestures _gestures = new(slack);
    private readonly PageStream _stream = new(slack, stopping);
    private readonly Traffic _traffic = new(slack);
    private readonly FaultSwitches _faults = new(slack);

    private Screen Screen => new(slack, _marks);

    /// <summary>Routes to the page of a workspace that exists only once the server knows its address.</summary>
    public static void Map(WebApplication app, Func<PlaygroundPage> page)
    {
        app.Use(PageGuard.PassAsync);
        app.MapGet("/", () => PageAssets.Find("index.html"));
        app.MapGet("/playground/assets/{name}", (string name) => PageAssets.Find(name));
        app.MapGet("/archives/{channel}/{message}", (string channel) => Results.Redirect($"/#in={Uri.EscapeDataString(channel)}"));
        app.MapGet("/playground/screen", (HttpContext http) => page().Seen(http));
        app.MapGet("/playground/stream", (HttpContext http) => page()._stream.HandleAsync(http));
        app.MapGet("/playground/files/{id}", (HttpContext http, string id) => page().File(http, id));
        app.MapGet("/playground/traffic", () => Answer(page()._traffic.List()));
        app.MapGet("/playground/traffic/{sequence:int}", (int sequence) => Answer(page()._traffic.Of(sequence)));
        app.MapPost("/playground/traffic/{sequence:int}/again", (int sequence) => page().AgainAsync(sequence));
        app.MapGet("/playground/faults", () => Answer(page()._faults.List()));
        app.MapPost("/playground/faults", Task<IResult> (HttpContext http) => WithWishAsync(http, async wish =>
        {
            await page()._faults.PlanAsync(wish, http.RequestAborted);
            return [];
        }));
        app.MapPost("/playground/faults/forget", Task<IResult> (HttpContext http) => WithWishAsync(http, wish => page()._faults.Forget(wish)));
        app.MapPost("/playground/read", Task<IResult> (HttpContext http) => WithWishAsync(http, wish => page().Read(wish)));
        app.MapPost("/playground/gestures/{gesture}", Task<IResult> (HttpContext http, string gesture) => page().GestureAsync(http, gesture));
    }

    private static IResult Answer(JsonObject? body) => body is null
        ? Results.Text(Json.Write(new JsonObject { ["error"] = "There is no such thing." }), "application/json", statusCode: 404)
        : Results.Text(Json.Write(body), "application/json");

    private static IResult Impossible(string message) =>
        // The driver's messages show the whole screen from the second line on; a person has it before their eyes.
        Results.Text(Json.Write(new JsonObject { ["error"] = message.Split('\n')[0].TrimEnd(':') }), "application/json", statusCode: StatusCodes.Status409Conflict);

    private static Task<IResult> WithWishAsync(HttpContext http, Action<JsonObject> act) => WithWishAsync(http, wish =>
    {
        act(wish);
        return Task.FromResult(new JsonObject());
    });

    private static async Task<IResult> WithWishAsync(HttpContext http, Func<JsonObject, Task<JsonObject>> act)
    {
        // A form of another site cannot be of this type without asking first.
        if (!http.Request.HasJsonContentType()) return Results.Text("JSON, please.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        using var reader = new StreamReader(http.Request.Body);
        if (Json.TryParse(await reader.ReadToEndAsync(http.RequestAborted)) is not JsonObject wish) return Impossible("That is no JSON object.");
        try
        {
            return Answer(await act(wish));
        }
        catch (ImpossibleGestureException impossible)
        {
            return Impossible(impossible.Message);
        }
    }

    private IResult Seen(HttpContext http)
    {
        var query = http.Request.Query;
        return Person(query["as"].ToString()) is { } me
            ? Answer(Screen.Of(me, query["in"].ToString(), query["thread"].ToString() is { Length: > 0 } thread ? thread : null))
            : Answer(body: null);
    }

    private Task<IResult> GestureAsync(HttpContext http, string gesture) => WithWishAsync(http, wish =>
    {
        if (!slack.Bot.IsKnown) throw new ImpossibleGestureException("There is no bot yet.");
        // What a person did is done, also when they close the page before the bot has answered.
        return _gestures.DoAsync(gesture, Me(wish), wish, stopping);
    });

    private void Read(JsonObject wish)
    {
        var me = Me(wish);
        if (wish.Text("in") is { } channel && wish.Text("ts") is { } ts && _marks.Move(me, channel, ts)) slack.World.Signal();
    }

    private async Task<IResult> AgainAsync(int sequence)
    {
        if (slack.Journal.Entries.ElementAtOrDefault(sequence - 1) is not { Sent: { } delivery }) return Impossible("Only deliveries to the bot can be sent again.");
        var answer = await slack.Bot.RepeatAsync(delivery, stopping);
        return Answer(new JsonObject { ["trouble"] = answer.Trouble });
    }

    private IResult File(HttpContext http, string id)
    {
        var me = Person(http.Request.Query["as"].ToString());
        var file = slack.World.Read(() => slack.World.Messages.Values.Any(message => message.FileIds.Contains(id) && me is not null && slack.Sights.Sees(me, message))
            ? slack.World.Files.GetValueOrDefault(id)
            : null);
        return file is { Bytes: { } bytes } ? Results.Bytes(bytes, "application/octet-stream", file.Name) : Answer(body: null);
    }

    private SlackUser Me(JsonObject wish) => Person(wish.Text("as")) ?? throw new ImpossibleGestureException("Nobody here has that id.");

    private SlackUser? Person(string? id) => slack.World.Read(() => Screen.People().FirstOrDefault(user => user.Id == id));
}
