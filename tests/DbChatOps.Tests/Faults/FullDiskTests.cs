using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Host.Storage;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>The disk of the store is full, a real one: what is over ends and is recorded, nothing new begins, and room is noticed.</summary>
public sealed class FullDiskTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Another = "/db access orders-prod read 30m checking INC-43";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_full_disk_access_ends_and_is_recorded_and_nothing_new_begins()
    {
        using var disk = new SmallDisk(megabytes: 6);
        await using var bot = await StartAsync(stage, folder: disk.Folder);
        var (login, password) = await bot.HasAccessAsync();
        await using var session = await stage.ConnectAsync(login, password);
        using var watch = ExpiryWatch.Beside(bot.Provider);
        (await watch.LookAsync(Ct)).ShouldBeFalse();

        disk.Fill();
        await bot.PassesAsync(TimeSpan.FromMinutes(31));

        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        grant.State.ShouldBe(GrantState.Revoked);
        (await bot.LoginsAsync()).ShouldBe("");
        await using var one = new NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<NpgsqlException>(() => one.ExecuteScalarAsync(Ct));

        // What was kept free and what the log gave back is taken by others too.
        disk.Fill();
        (await watch.LookAsync(Ct)).ShouldBeTrue();
        bot.Get<Health>().Reasons.ShouldContain(reason => reason.Contains("full", StringComparison.Ordinal));
        await bot.Says(Ana, Another);
        bot.LastAnswer(Ana).ShouldContain("Nothing was done");
        (await bot.RequestsAsync()).Count.ShouldBe(1);

        // Small writes fit all the time; they are no sign of room.
        (await watch.LookAsync(Ct)).ShouldBeTrue();

        disk.MakeRoom();
        (await watch.LookAsync(Ct)).ShouldBeFalse();
        bot.Get<Health>().Reasons.ShouldBeEmpty();
        new SpaceReserve(bot.StorePath).IsWhole.ShouldBeTrue();
        await bot.Says(Ana, Another);
        await bot.SettlesAsync();
        (await bot.RequestsAsync()).Count.ShouldBe(2);
        (await bot.RecordAsync()).ShouldContain(line => line.Contains("DbChatOps only ended access", StringComparison.Ordinal));
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task A_hundred_ends_on_a_full_disk_are_all_recorded()
    {
        using var disk = new SmallDisk(megabytes: 40);
        await using var bot = await StartAsync(stage, folder: disk.Folder);
        (await bot.OpensAsync(100)).ShouldAllBe(opened => opened.Refused == null);
        await bot.SettlesAsync();
        await bot.RevealsAllAsync();

        bot.Get<SqliteStore>().Trouble.ShouldBeNull();
        disk.Fill();
        await bot.ReleasesAllAsync();

        (await bot.GrantsAsync()).ShouldAllBe(grant => grant.State == GrantState.Revoked);
        (await bot.LoginsAsync()).ShouldBe("");
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task A_bot_that_starts_on_a_full_disk_only_ends_access()
    {
        using var disk = new SmallDisk(megabytes: 6);
        await using var bot = await StartAsync(stage, folder: disk.Folder);
        await bot.HasAccessAsync();
        await bot.StopAsync();
        disk.Fill();

        await bot.StartAsync();
        await bot.Says(Ana, Another);
        await bot.PassesAsync(TimeSpan.FromMinutes(31));

        bot.LastAnswer(Ana).ShouldContain("Nothing was done");
        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
    }
}
