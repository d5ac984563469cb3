using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Host.Flow;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>A DBA moves VALID UNTIL of a live login by hand: later is put right and paged, earlier holds.</summary>
[Trait("Trap", "T-12")]
public sealed class EndMovedTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("now() + interval '6 hours'")]
    [InlineData("'infinity'")]
    public async Task A_later_end_is_paged_and_put_right_and_the_access_ends_as_approved(string until)
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        var end = await bot.ValidUntilAsync(login);
        await MoveAsync(login, until);

        var found = (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem();
        found.Kind.ShouldBe(ReconcileKind.EndMovedLater);
        found.Message.ShouldContain("The bot ends the access at the approved time");
        (await AlertAsync(bot, $"end_differs:{login}")).ShouldBe(AlertState.Raised);
        await bot.SettlesAsync();

        (await bot.ValidUntilAsync(login)).ShouldBe(end);
        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldBeEmpty();
        (await AlertAsync(bot, $"end_differs:{login}")).ShouldBe(AlertState.Resolved);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().HasOtherEndOnServer.ShouldBeFalse();
        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task An_earlier_end_holds_and_the_holder_is_told()
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await MoveAsync(login, "now() + interval '15 min'");

        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.EndMovedEarlier);
        await bot.SettlesAsync();

        (await bot.GrantsAsync()).ShouldHaveSingleItem().Expiry!.Value.ShouldBe(bot.Clock.GetUtcNow() + TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(20));
        bot.Screen(Ana).ShouldContain("ends earlier, at");
        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldBeEmpty();
        await bot.PassesAsync(TimeSpan.FromMinutes(16));
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.Expired);
        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task An_extension_follows_the_earlier_end()
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await MoveAsync(login, "now() + interval '15 min'");
        await bot.Get<Reconciler>().LookAsync(Ct);
        await bot.SettlesAsync();
        var shorter = (await bot.GrantsAsync()).ShouldHaveSingleItem().Expiry!.Value;
        shorter.ShouldBe(bot.Clock.GetUtcNow() + TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(20));

        await bot.Says(Ana, "/db extend 30m the query still runs");
        await bot.ApprovesAsync(Bo);

        var extended = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        extended.Expiry.ShouldBe(shorter + TimeSpan.FromMinutes(30));
        extended.HasOtherEndOnServer.ShouldBeFalse();
        (await bot.ValidUntilAsync(login)).ShouldBe(extended.Expiry!.Value, TimeSpan.FromSeconds(1));
    }

    private async Task MoveAsync(string login, string until) =>
        await stage.Pair.PsqlAsync($"DO $$ BEGIN EXECUTE format('ALTER ROLE {login} VALID UNTIL %L', ({until})::timestamptz); END $$");

    private static async Task<AlertState?> AlertAsync(BotUnderTest bot, string key) => (await bot.Ledger.LoadAsync<Alert>(key, Ct))?.State.State;
}
