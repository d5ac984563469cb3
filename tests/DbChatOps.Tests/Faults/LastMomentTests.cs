using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

public sealed class LastMomentTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Trap", "T-03")]
    public async Task Sessions_of_the_last_moment_do_not_outlive_the_proof()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        var end = (await bot.GrantsAsync()).ShouldHaveSingleItem().Expiry!.Value;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        List<NpgsqlConnection> sessions = [];
        foreach (var before in new[] { TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1), TimeSpan.Zero })
        {
            bot.Clock.Advance(end - before - bot.Clock.GetUtcNow());
            sessions.Add(await stage.ConnectAsync(login, password));
        }

        var knocking = KnockAsync(login, password, over.Token);
        await bot.SettlesAsync();
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Proof.ShouldNotBeNull();
        await over.CancelAsync();

        foreach (var session in sessions)
        {
            await using var one = new NpgsqlCommand("SELECT 1", session);
            await Should.ThrowAsync<NpgsqlException>(() => one.ExecuteScalarAsync(Ct));
            await session.DisposeAsync();
        }

        (await knocking).ShouldBe(0, "a session that was opened while access ended outlived the proof");
        await bot.LeavesNothingBehindAsync();
    }

    /// <summary>Opens sessions as fast as it can until told to stop; returns how many of them are alive afterwards.</summary>
    private async Task<int> KnockAsync(string login, Secret password, CancellationToken stop)
    {
        List<NpgsqlConnection> opened = [];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                opened.Add(await stage.ConnectAsync(login, password));
            }
            catch (NpgsqlException)
            {
                // Refused: too many, locked out, or gone.
            }
        }

        var alive = 0;
        foreach (var session in opened)
        {
            try
            {
                await using var one = new NpgsqlCommand("SELECT 1", session);
                await one.ExecuteScalarAsync(Ct);
                alive++;
            }
            catch (NpgsqlException)
            {
                // Ended, as it should be.
            }

            await session.DisposeAsync();
        }

        return alive;
    }
}
