using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>An approved extension that the server refuses: what can be cured is tried until it is, the rest is taken back and said.</summary>
public sealed class ExtensionRefusedTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private TimeSpan _serverIsAhead;

    [Fact]
    public async Task While_the_clocks_differ_it_waits_and_is_applied_once_they_agree()
    {
        await using var bot = await StartAsync(stage, AheadByWhatIsSaid);
        var (login, _) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        var end = await bot.ValidUntilAsync(login);
        _serverIsAhead = TimeSpan.FromSeconds(20);

        await ExtendsAsync(bot);
        (await bot.ValidUntilAsync(login)).ShouldBe(end);
        bot.Screen(Ana).ShouldContain("it is being told the later end");
        _serverIsAhead = TimeSpan.Zero;
        await bot.PassesAsync(TimeSpan.FromSeconds(31));

        (await bot.ValidUntilAsync(login)).ShouldBe(end + TimeSpan.FromMinutes(30));
        bot.Screen(Ana).ShouldNotContain("it is being told the later end");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            static grant => grant.ValidUntil.ShouldBe(grant.Expiry), static grant => grant.Extensions.ShouldBe(1));
    }

    [Fact]
    public async Task If_they_never_agree_the_window_ends_where_the_server_ends_it()
    {
        await using var bot = await StartAsync(stage, AheadByWhatIsSaid);
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        _serverIsAhead = TimeSpan.FromSeconds(20);
        await ExtendsAsync(bot);

        await bot.PassesAsync(TimeSpan.FromMinutes(31));

        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        grant.Ending!.Reason.ShouldBe(EndReason.Expired);
        bot.Screen(Ana).ShouldContain("The clocks of bot and server differ");
        _serverIsAhead = TimeSpan.Zero;
        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task What_the_set_up_does_not_allow_is_taken_back_and_said()
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        var end = await bot.ValidUntilAsync(login);
        await stage.Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_window = interval '40 min'", PostgreSqlPair.AdminDatabase);
        try
        {
            await ExtendsAsync(bot);
        }
        finally
        {
            await stage.Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_window = interval '3650 days'", PostgreSqlPair.AdminDatabase);
        }

        (await bot.ValidUntilAsync(login)).ShouldBe(end);
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        grant.State.ShouldBe(GrantState.Active);
        grant.Expiry.ShouldBe(grant.ValidUntil);
        var screen = bot.Screen(Ana);
        screen.ShouldContain("was not applied");
        screen.ShouldContain("does not allow so long a window. The access ends at");
        screen.ShouldNotContain("it is being told the later end");
        bot.Approvals.ShouldContain("Approved, but not applied: ");

        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.Expired);
        await bot.LeavesNothingBehindAsync();
    }

    private static async Task ExtendsAsync(BotUnderTest bot)
    {
        await bot.Says(Ana, "/db extend 30m the query still runs");
        await bot.ApprovesAsync(Bo);
        (await bot.RequestsAsync()).Single(static request => request.Kind == RequestKind.Extension).State.ShouldBe(RequestState.Approved);
    }

    private Settings AheadByWhatIsSaid(Settings settings)
    {
        var server = settings.Targets.Servers.ShouldHaveSingleItem();
        var ahead = server with { ServerTimeOffset = () => server.ServerTimeOffset() + _serverIsAhead };
        return settings with { Targets = new TargetBook([ahead], settings.Targets.Targets) };
    }
}
