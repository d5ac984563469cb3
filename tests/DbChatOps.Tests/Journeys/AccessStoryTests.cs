using DbChatOps.Access;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>The whole way of a request through chat, told as chat.</summary>
public sealed class AccessStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_approved_revealed_used_and_proven_gone()
    {
        await using var bot = await StartAsync(stage);

        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Submits(Bo);
        var (login, password) = await bot.RevealsAsync(Ana);
        await using (var session = await stage.ConnectAsync(login, password))
        {
            await using var count = new NpgsqlCommand("SELECT count(*) FROM app.orders", session);
            (await count.ExecuteScalarAsync(Ct)).ShouldBe(100L);

            await bot.PassesAsync(TimeSpan.FromMinutes(31));

            (await bot.LoginsAsync()).ShouldBe("");
            (await bot.LoginsAsync(stage.Pair.Standby)).ShouldBe("");
            await Should.ThrowAsync<NpgsqlException>(() => count.ExecuteScalarAsync(Ct));
        }

        bot.Screen(Ana).ShouldContain("proven gone");
        bot.Approvals.ShouldContain("proven gone");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task Approving_your_own_request_is_refused_and_recorded()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Bo, "/db access orders-prod read 30m checking INC-42");

        await bot.Presses(Bo, "Approve…", Seed.Approvals);

        bot.LastAnswer(Bo).ShouldContain("cannot review your own request");
        bot.Sights.TopModal(Bo).ShouldBeNull();
        (await bot.RequestsAsync()).ShouldHaveSingleItem().State.ShouldBe(RequestState.Pending);
        await bot.LedgerHoldsAsync();
    }
}
