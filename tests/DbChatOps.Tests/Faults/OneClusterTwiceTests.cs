using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>One real pair of servers, configured under two ids: nothing new on either until it is said which is the copy. What runs ends all the same.</summary>
public sealed class OneClusterTwiceTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TargetEnvironment.Staging, " (Staging, while this is Production)")]
    [InlineData(TargetEnvironment.Production, "")]
    public async Task It_is_refused_on_both_until_the_copy_is_declared(TargetEnvironment environment, string words)
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        var copy = stage.Pair.ToServer("orders-copy", environment);
        Configure(bot, copy);

        (await bot.Get<Surveys>().LookAsync(Ct)).ShouldBeTrue();

        await bot.Says(Cy, Read);
        bot.LastAnswer(Cy).ShouldContain("identity_shared");
        (await ErrorsAsync(bot, "orders")).ShouldHaveSingleItem().ShouldContain($" of orders-copy{words}: one cluster under two names, or an undeclared physical copy.");
        (await ErrorsAsync(bot, "orders-copy")).ShouldHaveSingleItem().ShouldContain(" of orders");

        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);

        Configure(bot, copy with { CloneOf = new ServerId("orders") });
        await bot.Get<Surveys>().LookAsync(Ct);
        (await ErrorsAsync(bot, "orders")).ShouldBeEmpty();
        (await ErrorsAsync(bot, "orders-copy")).ShouldBeEmpty();
        await bot.Says(Cy, Read);
        (await bot.RequestsAsync()).Count.ShouldBe(2);
    }

    private static void Configure(BotUnderTest bot, Server copy)
    {
        var targets = bot.Settings.Targets;
        bot.Settings = bot.Settings with { Targets = new TargetBook([targets.Server(new ServerId("orders"))!, copy], targets.Targets) };
    }

    private static async Task<IReadOnlyList<string>> ErrorsAsync(BotUnderTest bot, string server) =>
        [.. ((await bot.Ledger.LoadAsync<ServerRecord>(server, Ct))?.State.Errors ?? []).Where(static error => error.Code == SharedIdentity.Code).Select(static error => error.Message)];
}
