using System.Globalization;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>
/// What depends on the server's version: memberships and their options, who may lend himself, what is prepared under which role, what start-up looks like,
/// what is left behind, what <c>check</c> reads. Nothing here names a function of the facade. Each sealed class runs all of it on one major or one kind of cluster.
/// </summary>
public abstract partial class PostgreSqlEssentials(PostgreSqlStage stage, int major) : PostgreSqlScene(stage), IAsyncLifetime
{
    private const int FirstWithMembershipOptions = 16;
    private const int FirstWithoutSelfLending = 15;

    /// <summary>Up to 17 such a backend holds its virtual transaction without a row in pg_stat_activity; 18 shows it without a user.</summary>
    private const string StartingUp =
        """
        SELECT EXISTS (SELECT FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE l.pid IS NOT NULL AND a.pid IS NULL)
            OR EXISTS (SELECT FROM pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.usesysid IS NULL)
        """;

    public async ValueTask InitializeAsync()
    {
        await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC", "orders");
        await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC", "billing");
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_server_is_of_this_major() =>
        (await Pair.AskAsync("SHOW server_version_num")).ShouldNotBeNull().ShouldStartWith(major.ToString(CultureInfo.InvariantCulture));

    [Theory]
    [InlineData(AccessLevel.Read)]
    [InlineData(AccessLevel.Write)]
    [InlineData(AccessLevel.Ddl)]
    public async Task A_session_has_its_level_and_becomes_the_standing_role_only_before_16(AccessLevel level)
    {
        var login = await MintAsync(level);
        await using var session = await ConnectAsync(login);

        (await AskAsync(session, "SELECT count(*) FROM app.orders")).ShouldBe(100L);
        (await AskAsync(session, "SELECT current_user = 'app_owner'")).ShouldBe(level == AccessLevel.Ddl);
        (await StateOfAsync(session, "UPDATE app.orders SET note = note WHERE id = 1")).ShouldBe(level == AccessLevel.Read ? "25006" : "00000");
        (await StateOfAsync(session, $"SET ROLE {StandingRole(level)}")).ShouldBe(major >= FirstWithMembershipOptions ? "42501" : "00000");

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_login_lends_itself_only_before_15_and_nothing_of_that_lasts()
    {
        await Pair.PsqlAsync("CREATE ROLE friend");
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            (await StateOfAsync(session, $"GRANT {login.Name} TO friend")).ShouldBe(major >= FirstWithoutSelfLending ? "42501" : "00000");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Pair.AskAsync("SELECT count(*) FROM pg_auth_members WHERE member = 'friend'::regrole")).ShouldBe("0");
        await Pair.PsqlAsync("DROP ROLE friend");
    }

    [Fact]
    public async Task Memberships_are_cut_both_ways_whoever_granted_them()
    {
        await Pair.PsqlAsync("CREATE ROLE giver; CREATE ROLE taker; CREATE ROLE group_of_giver; GRANT group_of_giver TO giver WITH ADMIN OPTION");
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync(
            $"""
            GRANT {login.Name} TO giver WITH ADMIN OPTION;
            GRANT pg_read_all_data TO {login.Name} WITH ADMIN OPTION;
            SET ROLE giver;
            GRANT {login.Name} TO taker;
            GRANT group_of_giver TO {login.Name};
            """);
        await Pair.PsqlAsync($"CREATE TABLE public.keeps_it_here (id int); GRANT SELECT ON public.keeps_it_here TO {login.Name}", "orders");

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        report.Stage.ShouldBe(RevocationStage.Contained, string.Join("; ", report.Blockers));
        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE member = {login.Oid} OR roleid = {login.Oid}")).ShouldBe("0");
        await Pair.PsqlAsync("DROP TABLE public.keeps_it_here", "orders");
        (await EndAsync(login)).ShouldBeProvenGone();
        await Pair.PsqlAsync("DROP ROLE giver, taker, group_of_giver");
    }

    [Fact]
    public async Task A_session_that_is_still_starting_keeps_the_grant_open_until_it_has_shown_itself() => await StartsUpAsync(Pair.Writer);

    [Fact]
    public async Task A_login_that_was_dropped_by_hand_is_gone_when_its_sessions_are()
    {
        var login = await MintAsync();
        await using var session = await ConnectAsync(login);
        await Pair.PsqlAsync($"DROP ROLE {login.Name}");

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        report.SessionsEnded.ShouldBe(1);
        await Should.ThrowAsync<NpgsqlException>(() => AskAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task Sessions_without_a_role_are_ended()
    {
        var login = await MintAsync();
        await using var session = await ConnectAsync(login);
        await Pair.PsqlAsync($"DROP ROLE {login.Name}");

        var ended = await Stage.Engine.EndGhostsAsync(new EndGhosts { Server = Server, Except = [] }, Ct);

        ended.ShouldHaveSingleItem();
        await Should.ThrowAsync<NpgsqlException>(() => AskAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task After_the_set_up_ran_again_what_was_granted_before_is_used_and_ends()
    {
        var login = await MintAsync(AccessLevel.Write);

        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);

        await using (var session = await ConnectAsync(login))
        {
            (await StateOfAsync(session, "UPDATE app.orders SET note = note WHERE id = 1")).ShouldBe("00000");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task Check_has_nothing_to_complain_of_after_the_set_up()
    {
        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);
        await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC", PostgreSqlPair.AdminDatabase);
        foreach (var database in new[] { "orders", "billing" })
        {
            await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC", database);
        }

        await ReplayedAsync();

        (await InspectAsync()).Findings.Where(static f => f.Severity == FindingSeverity.Error).Select(static f => $"{f.Code}: {f.Message}").ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_names_the_line_that_lets_temporary_logins_in_without_a_password()
    {
        var file = Path.Combine(Pair.Writer.Data, "pg_hba.conf");
        var rules = await File.ReadAllTextAsync(file, Ct);
        await File.WriteAllTextAsync(file, "# the second line\nhost  all  all  127.0.0.1/32  trust\n" + rules, Ct);
        try
        {
            var finding = (await InspectAsync()).Findings.Where(static f => f.Code == "dead_man_unbound").ShouldHaveSingleItem();

            finding.Message.ShouldContain("line 2 of ");
            finding.Message.ShouldContain("pg_hba.conf (host all all 127.0.0.1/32 trust)");
        }
        finally
        {
            await File.WriteAllTextAsync(file, rules, Ct);
        }

        (await InspectAsync()).Findings.ShouldNotContain(static f => f.Code == "dead_man_unbound");
    }

    protected static async Task<string> StateOfAsync(NpgsqlConnection session, string statement)
    {
        try
        {
            await RunAsync(session, statement);
            return "00000";
        }
        catch (PostgresException fault)
        {
            return fault.SqlState;
        }
    }

    /// <summary>A connection that has passed the login check on this node and shows itself two seconds later.</summary>
    protected async Task StartsUpAsync(PostgreSqlNode node)
    {
        var login = await MintAsync();
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE oid = {login.Oid} AND rolcanlogin", node: node);
        var pending = Stage.ConnectAsync(login.Name, login.Password, node: node, options: "-c post_auth_delay=2");
        await Pair.WaitForAsync(StartingUp, node: node);

        // A step on a busy machine may take longer than the start-up; while that lasts, nothing is proven.
        var report = await StepAsync(login);
        var stillStarting = await Pair.AskAsync(StartingUp, node: node) is "True";
        report.Stage.ShouldBe(stillStarting ? RevocationStage.Exposed : report.Stage);

        (await EndAsync(login)).ShouldBeProvenGone();
        await pending.ContinueWith(static t => t.IsCompletedSuccessfully ? t.Result.DisposeAsync().AsTask() : Task.CompletedTask, Ct, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
        (await Pair.AskAsync($"SELECT count(*) FROM pg_stat_activity WHERE usesysid = {login.Oid}", node: node)).ShouldBe("0");
    }

    /// <summary>Waits until a standby, if there is one, has what the writer has.</summary>
    protected async Task ReplayedAsync()
    {
        if (Server.Nodes.Count > 1)
        {
            var position = await Pair.AskAsync("SELECT pg_current_wal_flush_lsn()");
            await Pair.WaitForAsync($"SELECT pg_last_wal_replay_lsn() >= '{position}'", node: Pair.Standby);
        }
    }

    private static string StandingRole(AccessLevel level) => PostgreSqlStage.Orders.Levels[level].StandingRole;

    private Task<ServerInspection> InspectAsync() => Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct);
}
