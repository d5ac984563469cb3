using DbChatOps.Host.Storage;
using DbChatOps.Tests.Configuration;
using DbChatOps.Tests.Faults;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Commands;

/// <summary><c>revoke</c> on the night when the store cannot be written, or not even be read: in a process of its own, as an operator runs it.</summary>
public sealed class RevokeWithoutStoreTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>, IDisposable
{
    private readonly SettingsFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--server orders")]
    [InlineData("{grant}")]
    [InlineData("{login}")]
    [InlineData("--person {person}")]
    public async Task On_a_full_disk_access_is_ended_while_a_bot_holds_the_store(string which)
    {
        using var disk = new SmallDisk(megabytes: 6);
        await using var bot = await StartAsync(stage, folder: disk.Folder);
        await _folder.ConfigureAsync(bot);
        var (login, password) = await bot.HasAccessAsync();
        await using var session = await stage.ConnectAsync(login, password);
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        using var held = StoreLock.TryTake(bot.StorePath, TimeProvider.System, out _).ShouldNotBeNull();
        new SpaceReserve(bot.StorePath).GiveUp();
        disk.Fill();

        var words = which.Replace("{grant}", grant.Id.Handle, StringComparison.Ordinal).Replace("{login}", login, StringComparison.Ordinal)
            .Replace("{person}", grant.Holder.Id.ToString(), StringComparison.Ordinal);
        var run = await HostProgram.RunShellAsync(Path.GetTempPath(), $"revoke {words} --reason 'suspicious' -c '{_folder.File}'", Ct);

        run.ExitCode.ShouldBe(0, run.Errors);
        run.Errors.ShouldContain("Ending access directly on the servers");
        run.Output.ShouldContain($"{login} on orders: proven gone");
        run.Output.ShouldContain("All of it is proven gone.");
        (await bot.LoginsAsync()).ShouldBe("");
        await using var one = new NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<NpgsqlException>(() => one.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task Without_a_store_that_can_be_read_logins_are_found_by_name_and_people_are_not_guessed()
    {
        await using var bot = await StartAsync(stage);
        await _folder.ConfigureAsync(bot);
        var (login, _) = await bot.HasAccessAsync();
        var copy = await bot.CopyStoreAsync();
        await bot.ReplaceStoreAsync(null);
        await File.WriteAllTextAsync(bot.StorePath, "damaged, damaged, damaged", Ct);

        var unknown = await HostProgram.RunShellAsync(Path.GetTempPath(), $"revoke --person slack:T0DBCHATOPS:U0ANA00001 --reason x -c '{_folder.File}'", Ct);
        unknown.ExitCode.ShouldBe(2);
        unknown.Errors.ShouldContain("The ledger cannot be read, so logins cannot be matched to a person");
        unknown.Errors.ShouldContain(login);
        (await bot.LoginsAsync()).ShouldBe(login);

        var named = await HostProgram.RunShellAsync(Path.GetTempPath(), $"revoke {login} --reason x -c '{_folder.File}'", Ct);
        named.ExitCode.ShouldBe(0, named.Errors);
        (await bot.LoginsAsync()).ShouldBe("");

        var nothing = await HostProgram.RunShellAsync(Path.GetTempPath(), $"revoke {login} --reason x -c '{_folder.File}'", Ct);
        nothing.Output.ShouldContain("No live login of this bot matches.");
        await bot.ReplaceStoreAsync(copy);
    }
}
