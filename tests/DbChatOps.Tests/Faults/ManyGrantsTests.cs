using System.Diagnostics;
using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Faults;

[Trait("Trap", "T-07")]
public sealed class ManyGrantsTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const int Batch = 50;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>50 by default; <c>DBCHATOPS_SOAK=1</c> plays 10,000.</summary>
    private static int Cycles => string.Equals(Environment.GetEnvironmentVariable("DBCHATOPS_SOAK"), "1", StringComparison.Ordinal) ? 10_000 : 50;

    [Fact]
    public async Task Many_grants_leave_the_catalogs_as_they_were()
    {
        await using var bot = await StartAsync();
        await CycleAsync(bot);
        var before = await CatalogsAsync();

        for (var done = 0; done < Cycles; done += Batch)
        {
            await CycleAsync(bot);
        }

        (await CatalogsAsync()).ShouldBe(before);
        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task The_cap_of_a_server_holds_against_approvals_at_one_moment()
    {
        await using var bot = await StartAsync(maximum: 3);

        var opened = await bot.OpensAsync(20);
        await bot.SettlesAsync();

        opened.Count(result => result.Refused is null).ShouldBe(3);
        opened.Where(result => result.Refused is not null).ShouldAllBe(result => result.Refused!.Code == "cap_reached");
        (await bot.LoginsAsync()).Split(',').Length.ShouldBe(3);
        await bot.ReleasesAllAsync();
        (await bot.OpensAsync(1)).ShouldHaveSingleItem().Refused.ShouldBeNull();
    }

    [Fact]
    public async Task A_hundred_grants_that_end_together_are_all_proven_gone()
    {
        await using var bot = await StartAsync();
        await bot.OpensAsync(100);
        await bot.SettlesAsync();
        await bot.RevealsAllAsync();
        (await bot.GrantsAsync(open: true)).ShouldAllBe(grant => grant.State == GrantState.Active);
        bot.Clock.Advance(TimeSpan.FromMinutes(31));

        var started = Stopwatch.GetTimestamp();
        await bot.EndsAllAsync(TimeSpan.FromSeconds(60), Ct);
        var took = Stopwatch.GetElapsedTime(started);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"100 grants proven gone after {took.TotalSeconds:F1} s"));
        await bot.LeavesNothingBehindAsync();
        (await bot.GrantsAsync()).Count.ShouldBe(100);
        took.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    private static async Task CycleAsync(BotUnderTest bot)
    {
        await bot.OpensAsync(Batch);
        await bot.SettlesAsync();
        await bot.RevealsAllAsync();
        (await bot.LoginsAsync()).Split(',').Length.ShouldBe(Batch);
        await bot.ReleasesAllAsync();
        bot.Clock.Advance(TimeSpan.FromMinutes(2));
        await bot.SettlesAsync();
    }

    private Task<BotUnderTest> StartAsync(int maximum = 2000) => BotUnderTest.StartAsync(
        stage,
        settings => settings with
        {
            Targets = new TargetBook([.. settings.Targets.Servers.Select(server => server with { MaximumLiveGrants = maximum })], settings.Targets.Targets),
        },
        compose: services => services.Decorate<IChatPlatform>(_ => new SilentChat()));

    private async Task<string> CatalogsAsync() => await stage.Pair.AskAsync(
        """
        SELECT concat_ws(' ',
            (SELECT count(*) FROM pg_roles), (SELECT count(*) FROM pg_auth_members), (SELECT count(*) FROM pg_db_role_setting),
            (SELECT count(*) FROM pg_shdepend), (SELECT count(*) FROM pg_shdescription), (SELECT count(*) FROM pg_prepared_xacts),
            (SELECT sum(cardinality(datacl)) FROM pg_database), (SELECT sum(cardinality(relacl)) FROM pg_class),
            (SELECT sum(cardinality(nspacl)) FROM pg_namespace), (SELECT sum(cardinality(proacl)) FROM pg_proc), (SELECT count(*) FROM pg_default_acl))
        """,
        "orders") ?? "";
}
