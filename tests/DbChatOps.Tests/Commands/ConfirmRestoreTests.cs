using DbChatOps.Access;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;
using DbChatOps.Targets;
using DbChatOps.Tests.Configuration;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Commands;

/// <summary>An old copy of the store is put in place, and <c>confirm-restore</c> is run as operators run it: in a process of its own.</summary>
[Trait("Trap", "T-11")]
public sealed class ConfirmRestoreTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>, IDisposable
{
    private const string Ask = "/db access orders-prod read 30m checking INC-42";
    private const string Nothing = "Nothing is to be confirmed: the ledger knows the newest logins.";

    private readonly SettingsFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bot_on_an_old_copy_grants_again_after_the_command_and_not_before(bool running)
    {
        await using var bot = await StartAsync(stage);
        await _folder.ConfigureAsync(bot);
        await PutAnOldCopyInPlaceAsync(bot);
        await bot.Says(Ana, Ask);
        bot.LastAnswer(Ana).ShouldContain("dbchatops confirm-restore --server orders");
        (await bot.RefusalsAsync()).ShouldBe(["store_restored"]);

        var silent = await RunAsync(bot, running, "confirm-restore </dev/null");

        (silent.ExitCode, silent.Errors.Trim()).ShouldBe((1, "Nothing was confirmed: say why with --reason."));
        silent.Output.ShouldContain("The store is older than server orders: the ledger does not know login dbco_ana_");
        (await RestoredAsync(bot)).ShouldNotBeNull();

        var confirmed = await RunAsync(bot, running, "confirm-restore --server orders --reason 'the disk died'");

        confirmed.ExitCode.ShouldBe(0, confirmed.Errors);
        confirmed.Output.ShouldContain("Confirmed. The bot grants there again");
        confirmed.Output.Contains("Asking the running bot", StringComparison.Ordinal).ShouldBe(running);
        (await RestoredAsync(bot)).ShouldBeNull();
        (await bot.RecordAsync()).ShouldContain(static line => line.Contains("server.restore_confirmed/1", StringComparison.Ordinal) && line.Contains("the disk died", StringComparison.Ordinal));
        await bot.HasAccessAsync(Ask);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Active);

        var again = await RunAsync(bot, running, "confirm-restore --reason 'once more'");

        (again.ExitCode, again.Output.Trim()).ShouldBe((0, Nothing));
    }

    [Fact]
    public async Task What_is_typed_wrong_is_told_and_confirms_nothing()
    {
        await using var bot = await StartAsync(stage);
        await _folder.ConfigureAsync(bot);
        await PutAnOldCopyInPlaceAsync(bot);

        foreach (var (words, said) in new[]
        {
            ("confirm-restore --sever orders", "'--sever' is not known here; did you mean --server?"),
            ("confirm-restore --reason x --yes", "'--yes' is not known here."),
            ("confirm-restore --server order --reason x", "There is no server 'order' in the configuration; did you mean orders?"),
        })
        {
            var run = await RunAsync(bot, running: true, words);

            (run.ExitCode, run.Output.Trim()).ShouldBe((2, ""), words);
            run.Errors.ShouldStartWith(said);
            (await RestoredAsync(bot)).ShouldNotBeNull(words);
        }
    }

    /// <summary>Between the copy and now a login was made and ended: only the server's own record still names it.</summary>
    private static async Task PutAnOldCopyInPlaceAsync(BotUnderTest bot)
    {
        var copy = await bot.CopyStoreAsync();
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await bot.Presses(Ana, "Done");
        (await bot.LoginsAsync()).ShouldBe("");
        await bot.ReplaceStoreAsync(copy);
        await bot.StartAsync();
        await bot.SettlesAsync();
        (await RestoredAsync(bot)).ShouldNotBeNull();
    }

    private static async Task<RestoredStore?> RestoredAsync(BotUnderTest bot) => (await bot.Ledger.LoadAsync<ServerRecord>("orders", Ct))!.State.Restored;

    /// <summary>Beside a bot that holds the store's lock and looks for operators as it always does; or while it is stopped.</summary>
    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(BotUnderTest bot, bool running, string words)
    {
        if (!running)
        {
            await bot.StopAsync();
            var alone = await HostProgram.RunShellAsync(Path.GetTempPath(), $"{words} -c '{_folder.File}'", Ct);
            await bot.StartAsync();
            return alone;
        }

        using var held = StoreLock.TryTake(bot.StorePath, TimeProvider.System, out _).ShouldNotBeNull();
        var beside = HostProgram.RunShellAsync(Path.GetTempPath(), $"{words} -c '{_folder.File}'", Ct);
        while (!beside.IsCompleted)
        {
            await bot.Get<OperatorDesk>().TakeUpAsync(Ct);
            await Task.WhenAny(beside, Task.Delay(TimeSpan.FromMilliseconds(100), Ct));
        }

        return await beside;
    }

    /// <summary>The same store, servers and key as the bot under test has.</summary>
}
