using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Host.Commands;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>A DBA does something to a login of ours. It ends all the same, and what the bot cannot do itself it says.</summary>
[Trait("Trap", "T-12")]
public sealed class ChangedByHandTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GrantState.Ready)]
    [InlineData(GrantState.Active)]
    public async Task A_login_that_somebody_dropped_ends_its_grant_once(GrantState state)
    {
        await using var bot = await StartAsync(stage);
        var login = await GetToAsync(bot, state);
        await stage.Pair.PsqlAsync($"DROP ROLE {login}");
        bot.Clock.Advance(TimeSpan.FromSeconds(20));

        var findings = await bot.Get<Reconciler>().LookAsync(Ct);
        await bot.SettlesAsync();

        findings.ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.LoginLost);
        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldBeEmpty();
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.LoginLost);
        bot.Screen(Ana).ShouldContain("no longer on orders");
        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task A_login_that_somebody_dropped_under_its_session_ends_with_its_grant()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        await using var session = await stage.ConnectAsync(login, password);
        await stage.Pair.PsqlAsync($"DROP ROLE {login}");
        bot.Clock.Advance(TimeSpan.FromSeconds(20));

        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.LoginLost);
        await bot.SettlesAsync();

        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.SessionsEnded.ShouldBe(1);
        await using var one = new NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<NpgsqlException>(() => one.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task A_session_whose_role_somebody_dropped_is_left_to_people_and_told_once()
    {
        await using var bot = await StartAsync(stage);
        await stage.Pair.PsqlAsync("CREATE ROLE passing_by LOGIN PASSWORD 'p'");
        await using var session = await stage.ConnectAsync("passing_by", new Secret("p"));
        var oid = await stage.Pair.AskAsync("SELECT oid FROM pg_roles WHERE rolname = 'passing_by'");
        await stage.Pair.PsqlAsync("DROP ROLE passing_by");
        await using var one = new NpgsqlCommand("SELECT 1", session);

        var found = (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem();
        await bot.Get<Reconciler>().LookAsync(Ct);

        found.Kind.ShouldBe(ReconcileKind.Ghost);
        found.Message.ShouldContain($"A role that is gone (OID {oid}) still had session ");
        found.Message.ShouldContain($"the role was not a temporary login, so the bot does not end them; as a superuser there: SELECT pg_terminate_backend({session.ProcessID})");
        (await one.ExecuteScalarAsync(Ct)).ShouldBe(1);
        (await bot.Ledger.FindAsync<Alert>(new SnapshotQuery { Kind = Alert.Kind, Limit = 100 }, Ct)).Count(alert => alert.State.Key == $"ghost:orders:{oid}").ShouldBe(1);
    }

    [Fact]
    public async Task A_login_that_somebody_made_endless_ends_at_its_time()
    {
        await using var bot = await StartAsync(stage);
        var login = await GetToAsync(bot, GrantState.Active);
        await stage.Pair.PsqlAsync($"ALTER ROLE {login} VALID UNTIL 'infinity' CONNECTION LIMIT -1 PASSWORD 'by-hand'");
        await using var session = await stage.ConnectAsync(login, new Secret("by-hand"));

        await bot.PassesAsync(TimeSpan.FromMinutes(31));

        await bot.LeavesNothingBehindAsync();
        await using var one = new NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<NpgsqlException>(() => one.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task A_login_that_somebody_turned_on_before_its_reveal_ends_when_nobody_claims_it()
    {
        await using var bot = await StartAsync(stage);
        var login = await GetToAsync(bot, GrantState.Ready);
        await stage.Pair.PsqlAsync($"ALTER ROLE {login} LOGIN PASSWORD 'by-hand'");
        await using var session = await stage.ConnectAsync(login, new Secret("by-hand"));

        await bot.PassesAsync(TimeSpan.FromMinutes(61));

        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.Unclaimed);
        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task A_login_that_somebody_renamed_is_named_until_it_is_renamed_back_and_then_ends()
    {
        await using var bot = await StartAsync(stage);
        var login = await GetToAsync(bot, GrantState.Active);
        await stage.Pair.PsqlAsync($"ALTER ROLE {login} RENAME TO somebody_else");

        await bot.PassesAsync(TimeSpan.FromMinutes(33));

        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Blockers.ShouldContain(blocker => blocker.Contains("renamed to somebody_else", StringComparison.Ordinal));
        bot.Cards("overdue:").ShouldHaveSingleItem();

        await stage.Pair.PsqlAsync($"ALTER ROLE somebody_else RENAME TO {login}");
        await bot.EndsAllAsync(TimeSpan.FromSeconds(20), Ct);
        await bot.LeavesNothingBehindAsync();
    }

    [Theory]
    [InlineData("NOLOGIN PASSWORD NULL VALID UNTIL '-infinity' CONNECTION LIMIT 0")]
    [InlineData("NOLOGIN")]
    public async Task A_login_that_somebody_locked_is_reported_and_no_new_password_opens_it(string how)
    {
        await using var bot = await StartAsync(stage);
        var login = await GetToAsync(bot, GrantState.Active);
        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldBeEmpty();
        await stage.Pair.PsqlAsync($"ALTER ROLE {login} {how}");

        await bot.Presses(Ana, "New password");

        bot.Screen(Ana).ShouldContain("was locked on the server by somebody else");
        (await stage.Pair.AskAsync($"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{login}'")).ShouldBe("False");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Active);
        await using (var store = SqliteStore.OpenBeside(bot.StorePath, bot.Clock))
        {
            var seen = (await Beside.CompareAsync(new SettingsLoader("unused", []), bot.Settings, store, bot.Clock, Ct)).ShouldHaveSingleItem();
            seen.Kind.ShouldBe(ReconcileKind.LockedElsewhere);
            seen.Message.ShouldContain($"its login {login} was locked on the server by somebody else");
            GrantTable.Of(await bot.GrantsAsync(), new HashSet<string>(StringComparer.Ordinal) { seen.Login! }).ShouldContain("    locked on the server by somebody else");
        }

        await bot.Get<Reconciler>().LookAsync(Ct);
        await bot.Get<Reconciler>().LookAsync(Ct);
        await bot.SettlesAsync();
        (await bot.Ledger.FindAsync<Alert>(new SnapshotQuery { Kind = Alert.Kind, Limit = 100 }, Ct)).ShouldContain(alert => alert.State.Key == $"locked_elsewhere:{login}");
        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task A_login_that_somebody_locked_before_its_reveal_is_not_opened()
    {
        await using var bot = await StartAsync(stage);
        var login = await GetToAsync(bot, GrantState.Ready);
        await stage.Pair.PsqlAsync($"ALTER ROLE {login} VALID UNTIL '-infinity'");

        await bot.Presses(Ana, "Reveal");

        bot.Screen(Ana).ShouldContain("was locked on the server by somebody else");
        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.LockedElsewhere);
        await bot.PassesAsync(TimeSpan.FromMinutes(61));
        await bot.LeavesNothingBehindAsync();
    }

    private static async Task<string> GetToAsync(BotUnderTest bot, GrantState state)
    {
        if (state == GrantState.Active)
        {
            return (await bot.HasAccessAsync()).Login;
        }

        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Submits(Bo);
        return (await bot.GrantsAsync()).ShouldHaveSingleItem().Login;
    }
}
