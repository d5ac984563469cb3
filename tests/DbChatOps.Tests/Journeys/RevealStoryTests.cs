using System.Text;
using DbChatOps.Access;
using DbChatOps.Playground;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>The moment a password is born: where it goes, where it does not, and what can go wrong around it.</summary>
public sealed class RevealStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, true)]
    [InlineData(int.MaxValue, false)]
    public async Task A_dialog_that_could_not_be_filled_is_tried_again_and_else_its_holder_is_told(int failures, bool shown)
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        bot.Slack.Faults.On("views.update", new Fault.HtmlError(503), times: failures);

        await bot.Presses(Ana, "Show credentials");
        await bot.SettlesAsync();

        bot.Dialog(Ana).Contains("psql", StringComparison.Ordinal).ShouldBe(shown);
        bot.Screen(Ana).Contains("could not be shown", StringComparison.Ordinal).ShouldBe(!shown);
        bot.Slack.Faults.Clear();
        await bot.Driver.Closes(Ana);
        await bot.RevealsAsync(Ana, "New password");
    }

    [Fact]
    public async Task Reveal_CanaryEverywhere()
    {
        await using var bot = await StartAsync(stage);
        var (login, first) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        var (_, second) = await bot.RevealsAsync(Ana, "New password");
        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        var verifiers = await bot.Servers.AskAsync("SELECT coalesce(string_agg(rolpassword, ','), '') FROM pg_authid WHERE rolname LIKE 'dbco\\_%'");

        verifiers.ShouldBe("");
        foreach (var password in new[] { first.Reveal(), second.Reveal() })
        {
            var shown = bot.Slack.Journal.Mentioning(password).ShouldHaveSingleItem();
            shown.Method.ShouldBe("views.update");
            foreach (var file in Directory.GetFiles(Path.GetDirectoryName(bot.StorePath)!))
            {
                Contains(file, password).ShouldBeFalse(file);
                Contains(file, "SCRAM-SHA-256$").ShouldBeFalse(file);
            }

            bot.Log.All.ShouldAllBe(line => !line.Contains(password, StringComparison.Ordinal));
            bot.Screen(Ana).ShouldNotContain(password);
        }

        bot.Log.All.ShouldAllBe(line => !line.Contains("SCRAM-SHA-256$", StringComparison.Ordinal));
        login.ShouldStartWith("dbco_ana_");
    }

    [Fact]
    public async Task The_dialog_is_blanked_after_a_minute_and_has_nothing_to_press()
    {
        await using var bot = await StartAsync(stage);
        var (_, password) = await bot.HasAccessAsync();
        var view = bot.Sights.TopModal(Ana)!;
        view.Content["submit"].ShouldBeNull();
        view.Content["notify_on_close"]!.GetValue<bool>().ShouldBeFalse();
        await bot.PassesAsync(TimeSpan.FromSeconds(50));
        Credentials.AreIn(bot.Sights.TopModal(Ana)).ShouldBeTrue();

        await bot.PassesAsync(TimeSpan.FromSeconds(11));

        Credentials.AreIn(bot.Sights.TopModal(Ana)).ShouldBeFalse();
        bot.Dialog(Ana).ShouldContain("no longer shown");
        bot.Screen(Ana).ShouldNotContain(password.Reveal());
    }

    [Fact]
    public async Task A_dialog_that_will_not_be_blanked_is_said_once_and_holds_up_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        bot.Slack.Faults.On("views.update", new Fault.Refused("expired"), times: int.MaxValue);

        await bot.PassesAsync(TimeSpan.FromSeconds(61));
        await bot.PassesAsync(TimeSpan.FromMinutes(5));

        bot.Log.All.Count(line => line.Contains("could not be blanked: expired", StringComparison.Ordinal)).ShouldBe(1);
        bot.Log.All.ShouldNotContain(line => line.Contains("failed with", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pressing_again_makes_another_password_and_the_open_session_stays()
    {
        await using var bot = await StartAsync(stage);
        var (login, first) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await using var session = await stage.ConnectAsync(login, first);
        var end = await bot.ValidUntilAsync(login);
        await bot.PassesAsync(TimeSpan.FromMinutes(5));

        var (same, second) = await bot.RevealsAsync(Ana, "New password");

        same.ShouldBe(login);
        (await bot.ValidUntilAsync(login)).ShouldBe(end);
        await Should.ThrowAsync<PostgresException>(() => stage.ConnectAsync(login, first));
        await using (await stage.ConnectAsync(login, second))
        {
            await using var count = new NpgsqlCommand("SELECT count(*) FROM app.orders", session);
            (await count.ExecuteScalarAsync(Ct)).ShouldBe(100L);
        }
    }

    [Fact]
    public async Task A_dialog_closed_too_early_loses_the_password_and_nothing_else()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        await bot.Driver.Presses(Ana, "Show credentials");
        await bot.Driver.Closes(Ana);

        await bot.SettlesAsync();

        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Active);
        var (login, password) = await bot.RevealsAsync(Ana, "New password");
        await using var session = await stage.ConnectAsync(login, password);
    }

    [Fact]
    public async Task Chat_that_fails_at_the_reveal_does_not_keep_the_outcome_from_the_record()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        bot.Slack.Faults.On("views.update", new Fault.HtmlError());

        await bot.Presses(Ana, "Show credentials");

        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Active);
        bot.Log.All.ShouldNotContain(line => line.Contains("psql", StringComparison.Ordinal));
        await bot.Driver.Closes(Ana);
        await bot.PassesAsync(TimeSpan.FromSeconds(21));
        var (login, password) = await bot.RevealsAsync(Ana, "New password");
        await using var session = await stage.ConnectAsync(login, password);
    }

    [Fact]
    public async Task After_the_end_an_old_button_reveals_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        var seen = bot.Sights.Direct(Ana).Last(message => bot.Sights.Read(message).Contains("[Show credentials]", StringComparison.Ordinal));
        await bot.Says(Ana, "/db done");

        await bot.PressesOn(Ana, seen, "Show credentials");
        await bot.SettlesAsync();

        bot.LastAnswer(Ana).ShouldContain("has ended");
        bot.Sights.TopModal(Ana).ShouldBeNull();
        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Only_the_holder_reveals()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        var seen = bot.Sights.Direct(Ana).Last(message => bot.Sights.Read(message).Contains("[Show credentials]", StringComparison.Ordinal));

        await bot.PressesOn(Dee, seen, "Show credentials");
        await bot.SettlesAsync();

        bot.LastAnswer(Dee).ShouldContain("no such grant that you can do this with");
        bot.Sights.TopModal(Dee).ShouldBeNull();
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Ready);
    }

    [Fact]
    public async Task A_reveal_too_late_by_a_second_is_refused_in_its_dialog()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        bot.Clock.Advance(TimeSpan.FromMinutes(61));

        await bot.Driver.Presses(Ana, "Show credentials");
        bot.Dialog(Ana).ShouldContain("time for it is over");
        await bot.SettlesAsync();

        (await bot.GrantsAsync()).Single().Ending!.Reason.ShouldBe(EndReason.Unclaimed);
        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Reveal_AfterLockIsFenced()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        await bot.Driver.Presses(Ana, "Show credentials");
        await bot.Driver.Says(Dee, "/db revoke @ana --yes looks odd");

        await bot.SettlesAsync();

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Revoked);
        if (Credentials.AreIn(bot.Sights.TopModal(Ana)))
        {
            var (login, password) = Credentials.In(bot.Sights.TopModal(Ana)!);
            await Should.ThrowAsync<PostgresException>(() => stage.ConnectAsync(login, password));
        }
        else
        {
            bot.Dialog(Ana).ShouldNotContain("One moment");
        }
    }

    [Fact]
    public async Task Approve_DialogIsLedgerTruth()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod write 2h repairing INC-42");
        var card = bot.Sights.Messages(Seed.Approvals).Single();
        var forged = bot.Slack.World.Change(() => bot.Slack.World.Messages[card.Ts] = card with
        {
            Blocks = (System.Text.Json.Nodes.JsonArray)System.Text.Json.Nodes.JsonNode.Parse(card.Blocks!.ToJsonString()
                .Replace("PRODUCTION", "STAGING", StringComparison.Ordinal)
                .Replace("*write*", "*read*", StringComparison.Ordinal)
                .Replace("2 h", "5 min", StringComparison.Ordinal)
                .Replace("repairing", "looking at", StringComparison.Ordinal))!,
        });
        bot.Sights.Read(forged).ShouldContain("STAGING");

        await bot.Presses(Bo, "Approve…", Seed.Approvals);

        bot.Dialog(Bo).ShouldContain("🔴 PRODUCTION · orders-prod");
        bot.Dialog(Bo).ShouldContain("@ana asks for *write* on `orders-prod` for *2 h*");
        bot.Dialog(Bo).ShouldContain("repairing INC-42");
        bot.Dialog(Bo).ShouldContain((await bot.RequestsAsync()).Single().Digest[..8]);
    }

    private static bool Contains(string file, string text)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}
