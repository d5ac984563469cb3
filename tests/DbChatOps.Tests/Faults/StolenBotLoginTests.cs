using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>Somebody has the password of the bot's login, and not its key: what they make or reveal is found at the next look.</summary>
public sealed class StolenBotLoginTests(PostgreSqlStage stage) : PostgreSqlBotScene(stage), IClassFixture<PostgreSqlStage>
{
    private static readonly Secret Chosen = new("chosen by the thief");

    [Fact]
    public async Task A_login_that_a_thief_makes_is_shut_with_its_session_paged_and_left_for_people()
    {
        const string Name = "dbco_thief_00000001";
        await using var bot = await StartAsync(Stage);
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 10, 1, 10000, 1000, 10000, true)", Name)).ShouldBe("00000");
        (await StateOfAsync($"SELECT dbchatops.mark($1, '{new string('0', 32)}', '{new string('0', 64)}')", Name)).ShouldBe("00000");
        await RevealsAsync(Name, 1);
        await using var session = await Stage.ConnectAsync(Name, Chosen);

        var found = (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem();

        found.Kind.ShouldBe(ReconcileKind.Forged);
        found.Message.ShouldContain("Change the bot's password");
        await IsOverAsync(session);
        (await bot.LoginsAsync()).ShouldBe(Name);
        (await Pair.AskAsync($"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{Name}'")).ShouldBe("False");
        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE member = '{Name}'::regrole AND roleid <> 'dbchatops_temp'::regrole")).ShouldBe("0");
        (await AlertAsync(bot, $"forged:orders:{Name}")).ShouldBe(AlertState.Raised);

        for (var look = 0; look < 20 && bot.Get<Reconciler>().IsEnding(Server.Id); look++)
        {
            await bot.Get<Reconciler>().LookAsync(Ct);
        }

        bot.Get<Reconciler>().IsEnding(Server.Id).ShouldBeFalse();
        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem().Message.ShouldContain("It is locked and stripped, and has no session");
        await Pair.PsqlAsync($"DROP ROLE {Name}");
        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldBeEmpty();
        (await AlertAsync(bot, $"forged:orders:{Name}")).ShouldBe(AlertState.Resolved);
    }

    [Fact]
    public async Task A_role_that_somebody_made_by_other_means_is_not_touched()
    {
        await using var bot = await StartAsync(Stage);
        await Pair.PsqlAsync("CREATE ROLE dbco_passing_00000001 LOGIN PASSWORD 'p'");

        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.LooksLikeOurs);

        await using var session = await Stage.ConnectAsync("dbco_passing_00000001", new Secret("p"));
    }

    [Theory]
    [InlineData(GrantState.Ready)]
    [InlineData(GrantState.Active)]
    public async Task A_login_of_ours_that_a_thief_reveals_is_ended_at_once(GrantState state)
    {
        await using var bot = await StartAsync(Stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.ApprovesAsync(Bo);
        if (state == GrantState.Active)
        {
            await bot.RevealsAsync(Ana);
            await bot.Driver.Closes(Ana);
        }

        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldBeEmpty();
        var login = (await bot.GrantsAsync()).ShouldHaveSingleItem().Login;
        await RevealsAsync(login, 7);
        await using var session = await Stage.ConnectAsync(login, Chosen);

        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.RevealedElsewhere);
        await bot.SettlesAsync();

        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.RevealedElsewhere);
        await bot.LeavesNothingBehindAsync();
        await IsOverAsync(session);
        bot.Screen(Ana).ShouldContain("Somebody set a password for this login on the server, and it was not this bot.");
        (await AlertAsync(bot, $"revealed_elsewhere:{login}")).ShouldBe(AlertState.Told);
    }

    [Fact]
    public async Task A_reveal_of_ours_that_is_under_way_is_nobody_elses()
    {
        await using var bot = await StartAsync(Stage);
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await bot.Presses(Ana, "New password");

        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldBeEmpty();
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Generation.ShouldBe(2);
    }

    private async Task RevealsAsync(string login, int generation)
    {
        var verifier = ScramVerifier.For(Chosen).Reveal();
        (await StateOfAsync(
            $"SELECT dbchatops.reveal($1, (SELECT oid FROM pg_roles WHERE rolname = '{login}'), '{verifier}', now() + interval '20 min', {generation}, now() + interval '1 min')", login)).ShouldBe("00000");
    }

    private async Task IsOverAsync(NpgsqlConnection session)
    {
        await using var one = new NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<NpgsqlException>(() => one.ExecuteScalarAsync(Ct));
    }

    private static async Task<AlertState?> AlertAsync(BotUnderTest bot, string key) => (await bot.Ledger.LoadAsync<Alert>(key, TestContext.Current.CancellationToken))?.State.State;
}
