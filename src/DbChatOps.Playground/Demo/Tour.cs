using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Demo;

/// <summary>
/// The story of the tour, told with the driver, psql and the bot's own <c>audit verify</c>. Each step throws when what it promises does not happen.
/// </summary>
internal sealed class Tour(Stage stage, Transcript transcript, CancellationToken ct)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly SlackDriver _chat = stage.Driver;
    private IReadOnlyList<string> _credentials = [];
    private Task<(int ExitCode, string Output, string Errors)>? _openSession;

    private string Login => _credentials[0];

    private string Password => _credentials[1];

    public async Task PlayAsync()
    {
        await transcript.HeadingAsync("A database, a workspace and a bot");
        await transcript.StepAsync("the bot starts and is ready", async () => await stage.Bot.StartAsync(ct));
        await stage.Bot.IsWellAsync(ct);

        await transcript.HeadingAsync("Ana needs to look at production");
        await transcript.StepAsync("Ana types /db access orders-prod read 30s stuck payments, INC-42", AskAsync);
        await transcript.StepAsync("Ana presses Approve on her own request and is refused", RefuseSelfApprovalAsync);
        var approved = await ApproveAsync();
        await transcript.KeepsAsync("approve click → Show credentials offered", approved, TimeSpan.FromSeconds(3));

        await transcript.HeadingAsync("The window starts when she claims it");
        // Before the press, and so before the window begins: what is measured from here is never less than what it was.
        var pressed = Stopwatch.GetTimestamp();
        await transcript.StepAsync("Ana presses Show credentials; they appear in a dialog", RevealAsync);
        await transcript.StepAsync("psql works as the temporary login, on the primary and on the standby", UseAsync);
        await transcript.StepAsync("writing is refused to it", RefuseWritingAsync);
        await transcript.StepAsync("a session is left open over the end of the window", LeaveSessionOpenAsync);

        await transcript.HeadingAsync("The bot dies in the middle");
        await transcript.StepAsync("kill -9, and it starts again", RestartAsync);

        await transcript.HeadingAsync("It ends");
        await transcript.StepAsync("Ana is warned, with Extend and Done at hand", () => _chat.WaitsToSee(Seed.Ana, "ends in", Window));
        await transcript.StepAsync("the window runs out; proven gone", () => _chat.WaitsToSee(Seed.Ana, "proven gone", Window + TimeSpan.FromSeconds(10)));
        await transcript.KeepsAsync("expiry → proven gone, as seen in chat", Stopwatch.GetElapsedTime(pressed) - Window, TimeSpan.FromSeconds(5));
        await transcript.StepAsync("her open session was ended by the server", SessionWasEndedAsync);
        await transcript.StepAsync("the login is gone from the primary and the standby", GoneAsync);
        await transcript.StepAsync("the password opens nothing any more", RefusedAsync);

        await transcript.HeadingAsync("What is left is the record");
        await transcript.QuoteAsync(_chat.Sights.Direct(Seed.Ana).Select(_chat.Sights.Read).Last(text => text.Contains("proven gone", StringComparison.Ordinal)));
        await transcript.StepAsync("audit verify --replay: the chain holds and every state follows from its events", VerifyAsync);
        await transcript.StepAsync("the password is in no file of the bot, and went to chat in one call only", SearchForThePasswordAsync);
    }

    private static IReadOnlyList<string> Preformatted(SlackView view) =>
    [
        .. view.Blocks.SelectMany(block => Descendants(block))
            .OfType<JsonObject>()
            .Where(node => node.Text("type") == "rich_text_preformatted")
            .Select(node => node["elements"]!.AsArray()[0].Text("text")!),
    ];

    private static IEnumerable<JsonNode> Descendants(JsonNode? node) => node switch
    {
        JsonObject it => it.Select(member => member.Value).SelectMany(Descendants).Prepend(it),
        JsonArray list => list.SelectMany(Descendants),
        _ => [],
    };

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }

    private async Task AskAsync()
    {
        var answer = await _chat.Says(Seed.Ana, "/db access orders-prod read 30s stuck payments, INC-42");
        Require(answer is not null, "There was no answer.");
        await _chat.WaitsToSee(Seed.Bo, "stuck payments, INC-42");
        await transcript.QuoteAsync(_chat.Sights.Read(_chat.Sights.Messages(Seed.Approvals)[^1]));
    }

    private async Task RefuseSelfApprovalAsync()
    {
        await _chat.Presses(Seed.Ana, "Approve…", Seed.Approvals);
        await _chat.WaitsToSee(Seed.Ana, "cannot review your own request");
    }

    private async Task<TimeSpan> ApproveAsync()
    {
        await transcript.StepAsync("Bo opens the approval dialog", async () =>
        {
            await _chat.Presses(Seed.Bo, "Approve…", Seed.Approvals);
            await _chat.WaitsFor(sights => sights.TopModal(Seed.Bo) is not null, "the approval dialog");
        });
        await transcript.QuoteAsync(_chat.Sights.Read(_chat.Sights.TopModal(Seed.Bo)!));
        var clicked = Stopwatch.GetTimestamp();
        await transcript.StepAsync("Bo approves; Ana is offered her credentials", async () =>
        {
            await _chat.Submits(Seed.Bo);
            await _chat.WaitsToSee(Seed.Ana, "Show credentials");
        });
        return Stopwatch.GetElapsedTime(clicked);
    }

    private async Task RevealAsync()
    {
        await _chat.Presses(Seed.Ana, "Show credentials");
        await _chat.WaitsFor(sights => sights.TopModal(Seed.Ana) is { } view && Preformatted(view).Count >= 2, "the credentials");
        _credentials = Preformatted(_chat.Sights.TopModal(Seed.Ana)!);
    }

    private async Task UseAsync()
    {
        foreach (var server in new[] { stage.Servers.Production, stage.Servers.Standby })
        {
            var (exitCode, output, errors) = await server.PsqlAsPersonAsync(Login, Password, PostgreSqlServers.SampleDatabase, "SELECT count(*) FROM orders;", ct);
            Require(exitCode == 0 && int.TryParse(output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows > 0, $"{server.Name}: {output}{errors}");
        }
    }

    private async Task RefuseWritingAsync()
    {
        var (exitCode, _, errors) = await stage.Servers.Production.PsqlAsPersonAsync(
            Login, Password, PostgreSqlServers.SampleDatabase, "SET default_transaction_read_only = off; DELETE FROM orders;", ct);
        Require(exitCode != 0, $"The deletion was accepted: {errors}");
    }

    private async Task LeaveSessionOpenAsync()
    {
        _openSession = stage.Servers.Production.PsqlAsPersonAsync(
            Login, Password, PostgreSqlServers.SampleDatabase, "SET statement_timeout = 0; SELECT pg_sleep(300);", ct);
        await Task.Yield();
    }

    private async Task RestartAsync()
    {
        await stage.Bot.KillAsync();
        await stage.Bot.StartAsync(ct);
        await stage.Bot.IsWellAsync(ct);
    }

    private async Task SessionWasEndedAsync()
    {
        var (exitCode, _, errors) = await _openSession!.WaitAsync(TimeSpan.FromSeconds(5), ct);
        Require(exitCode != 0, $"The session ended by itself: {errors}");
    }

    private async Task GoneAsync()
    {
        foreach (var server in new[] { stage.Servers.Production, stage.Servers.Standby })
        {
            var left = await server.PsqlAsync("postgres", $"SELECT count(*) FROM pg_roles WHERE rolname = '{Login}' OR rolname LIKE 'dbco\\_%';", ct);
            Require(left.Trim() == "0", $"{server.Name} still has {left.Trim()} temporary logins.");
        }
    }

    private async Task RefusedAsync()
    {
        var (exitCode, _, _) = await stage.Servers.Production.PsqlAsPersonAsync(Login, Password, PostgreSqlServers.SampleDatabase, "SELECT 1;", ct);
        Require(exitCode != 0, "The login still works.");
    }

    private async Task VerifyAsync()
    {
        var (exitCode, output, errors) = await stage.Bot.RunVerbAsync(["audit", "verify", "--replay"], ct);
        await transcript.QuoteAsync(output.TrimEnd());
        Require(exitCode == 0, errors);
    }

    private async Task<string> ReadBesideItsOwnerAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return await reader.ReadToEndAsync(ct);
    }

    private async Task SearchForThePasswordAsync()
    {
        foreach (var file in Directory.EnumerateFiles(stage.Folder).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            Require(!(await ReadBesideItsOwnerAsync(file)).Contains(Password, StringComparison.Ordinal), $"The password is in {file}.");
        }

        var carriers = stage.Slack.Journal.Mentioning(Password);
        Require(carriers is [{ Method: "views.update" }], $"The password went through {string.Join(", ", carriers.Select(call => call.Method))}.");
    }
}
