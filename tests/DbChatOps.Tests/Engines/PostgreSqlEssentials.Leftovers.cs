using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What a login can leave behind.</summary>
public abstract partial class PostgreSqlEssentials
{
    [Theory]
    [InlineData(AccessLevel.Read)]
    [InlineData(AccessLevel.Write)]
    [InlineData(AccessLevel.Ddl)]
    public async Task Nothing_that_was_prepared_under_a_role_that_the_login_can_become_is_missing_in_the_proof(AccessLevel level)
    {
        var login = await MintAsync(level);
        var prepared = await PrepareUnderEveryRoleAsync(login);
        prepared.ShouldContain(login.Name);

        try
        {
            var report = (await SettleAsync(login)).ShouldHaveSingleItem();

            foreach (var left in await PreparedAsync())
            {
                report.Stage.ShouldNotBe(RevocationStage.ProvenGone, $"{left} is still prepared");
                report.Blockers.ShouldContain(b => b.Contains($"'{left}'", StringComparison.Ordinal), $"{left} is still prepared");
            }
        }
        finally
        {
            foreach (var left in await PreparedAsync())
            {
                await Pair.PsqlAsync($"ROLLBACK PREPARED '{left}'", "orders");
            }
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    /// <summary>Giving away what one made takes the rights of the receiver only, on every major; a view then reads with these.</summary>
    [Fact]
    public async Task What_it_gave_to_a_role_whose_rights_it_has_is_named_on_the_proof()
    {
        await Pair.PsqlAsync("CREATE ROLE crew; GRANT crew TO dbchatops_orders_write");
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE VIEW public.leak AS SELECT * FROM app.orders");
            await RunAsync(session, "REASSIGN OWNED BY current_user TO dbchatops_orders_write");
            await RunAsync(session, "CREATE TABLE public.given (id int)");
            await RunAsync(session, "REASSIGN OWNED BY current_user TO crew");
        }

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        report.Proof.ShouldNotBeNull().NotChecked.ShouldContain(static gap => gap.StartsWith("dbchatops_orders_write owns 1 thing in orders", StringComparison.Ordinal));
        report.Proof.NotChecked.ShouldContain(static gap => gap.StartsWith("crew owns 1 thing in orders", StringComparison.Ordinal));
        (await InspectAsync()).Findings.Where(static f => f.Code == "standing_role_owns").Select(static f => f.Severity).ShouldBe([FindingSeverity.Error, FindingSeverity.Error]);
        await Pair.PsqlAsync("DROP VIEW public.leak; DROP TABLE public.given", "orders");
        await Pair.PsqlAsync("DROP ROLE crew");
    }

    [Fact]
    public async Task A_change_of_its_own_password_holds_nothing_up_open_or_prepared()
    {
        var open = await MintAsync(AccessLevel.Write);
        var prepared = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(open);
        await RunAsync(session, "BEGIN");
        await RunAsync(session, $"ALTER ROLE {open.Name} PASSWORD 'mine'");
        await using (var other = await ConnectAsync(prepared))
        {
            await RunAsync(other, "BEGIN");
            await RunAsync(other, "SAVEPOINT inner_one");
            await RunAsync(other, $"ALTER ROLE {prepared.Name} PASSWORD 'mine'");
            await RunAsync(other, "PREPARE TRANSACTION 'holds the lock up'");
        }

        (await EndAsync(open)).ShouldBeProvenGone();
        (await EndAsync(prepared)).ShouldBeProvenGone();
        (await PreparedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_it_made_in_two_databases_stays_and_belongs_to_a_role_without_any_power()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE TABLE public.kept AS SELECT 42 AS id");
            await RunAsync(session, "CREATE FUNCTION public.kept_too() RETURNS int LANGUAGE sql AS 'SELECT 1'");
            await RunAsync(session, "SELECT lo_create(0)");
            await RunAsync(session, "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC");
        }

        await using (var session = await ConnectAsync(login, "billing"))
        {
            await RunAsync(session, "CREATE TABLE public.kept_there (id int)");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Pair.AskAsync("SELECT id FROM public.kept", "orders")).ShouldBe("42");
        foreach (var (table, database) in new[] { ("kept", "orders"), ("kept_there", "billing") })
        {
            var owner = await Pair.AskAsync($"SELECT tableowner FROM pg_tables WHERE tablename = '{table}'", database);
            (await Pair.AskAsync(
                $"""
                SELECT rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
                    OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid OR m.roleid = r.oid)
                  FROM pg_roles r WHERE r.rolname = '{owner}'
                """)).ShouldBe("False");
        }

        await Pair.PsqlAsync("DROP TABLE public.kept; DROP FUNCTION public.kept_too()", "orders");
        await Pair.PsqlAsync("DROP TABLE public.kept_there", "billing");
    }

    [Fact]
    public async Task A_right_that_somebody_else_granted_is_contained_and_named_until_it_is_revoked()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync($"CREATE TABLE public.of_others (id int); GRANT SELECT ON public.of_others TO {login.Name}", "billing");

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        report.Stage.ShouldBe(RevocationStage.Contained);
        report.Blockers.ShouldContain(static b => b.Contains("public.of_others", StringComparison.Ordinal) && b.Contains("billing", StringComparison.Ordinal));
        await Pair.PsqlAsync("DROP TABLE public.of_others", "billing");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    /// <summary>Prepares one transaction as the login and as each role that its session can become; named for the role.</summary>
    private async Task<List<string>> PrepareUnderEveryRoleAsync(ManagedLoginHandle login)
    {
        List<string> prepared = [];
        await using var session = await ConnectAsync(login);
        await using var roles = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await roles.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("SELECT rolname::text FROM pg_roles ORDER BY rolname", roles);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        while (await reader.ReadAsync(Ct))
        {
            var role = reader.GetString(0);
            if (await StateOfAsync(session, $"SET ROLE \"{role}\"") is not "00000")
            {
                continue;
            }

            await RunAsync(session, "BEGIN");
            await RunAsync(session, "SELECT pg_advisory_xact_lock_shared(1)");
            await RunAsync(session, $"PREPARE TRANSACTION '{role}'");
            prepared.Add(role);
        }

        return prepared;
    }

    private async Task<string[]> PreparedAsync() =>
        (await Pair.AskAsync("SELECT coalesce(string_agg(gid, E'\\n'), '') FROM pg_prepared_xacts") ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
