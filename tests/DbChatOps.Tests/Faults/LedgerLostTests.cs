using DbChatOps.Host.Flow;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>The store is gone, the servers are not: what carries our mark is found and ended, and nothing else is touched.</summary>
[Trait("Trap", "T-11")]
public sealed class LedgerLostTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_ledger_lost_every_login_of_ours_is_found_by_its_mark_and_ended()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        await using var session = await stage.ConnectAsync(login, password);
        await stage.Pair.PsqlAsync("CREATE ROLE dbco_lookalike_00000001 LOGIN; COMMENT ON ROLE dbco_lookalike_00000001 IS 'dbchatops v1 grant=0 gen=0 mac=00'");
        await LoseLedgerAsync(bot);

        var findings = await bot.Get<Reconciler>().LookAsync(Ct);
        for (var look = 0; look < 20 && (await bot.LoginsAsync()).Contains(login, StringComparison.Ordinal); look++)
        {
            await bot.Get<Reconciler>().LookAsync(Ct);
        }

        findings.ShouldContain(finding => finding.Login == login && finding.Kind == ReconcileKind.Stray);
        findings.ShouldContain(finding => finding.Login == "dbco_lookalike_00000001" && finding.Kind == ReconcileKind.LooksLikeOurs);
        (await bot.LoginsAsync()).ShouldBe("dbco_lookalike_00000001");
        await using var one = new NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<NpgsqlException>(() => one.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task With_another_key_a_login_of_ours_is_shut_because_a_thief_may_have_made_it_and_stays_for_people_to_look_at()
    {
        await using var ours = await StartAsync(stage);
        var (login, password) = await ours.HasAccessAsync();
        await using var other = await StartAsync(stage, settings => settings with
        {
            Instance = settings.Instance with { Key = new Secret("another instance key of the tests, long enough") },
        });

        var findings = await other.Get<Reconciler>().LookAsync(Ct);

        findings.ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.Forged);
        (await ours.LoginsAsync()).ShouldBe(login);
        (await Should.ThrowAsync<PostgresException>(() => stage.ConnectAsync(login, password))).SqlState.ShouldStartWith("28");
    }

    private static async Task LoseLedgerAsync(BotUnderTest bot)
    {
        await bot.ReplaceStoreAsync(null);
        await bot.StartAsync();
    }
}
