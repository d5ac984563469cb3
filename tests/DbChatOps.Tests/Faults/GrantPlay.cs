using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Playground.World;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using Xunit;

namespace DbChatOps.Tests.Faults;

/// <summary>Grants by the decider alone, without chat: for tests that need many.</summary>
internal static class GrantPlay
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Principal Ana { get; } = new()
    {
        Id = BotUnderTest.IdOf(Seed.Ana), Name = "Ana", Kind = PrincipalKind.Member, Human = BotUnderTest.IdOf(Seed.Ana).ToString(),
    };

    public static async Task<IReadOnlyList<Result<Decided>>> OpensAsync(this BotUnderTest bot, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => bot.Get<Decider>().DecideAsync(
            new OpenGrant
            {
                Grant = new GrantId(Guid.CreateVersion7()),
                Request = new RequestId(Guid.CreateVersion7()),
                Holder = Ana,
                Target = new TargetId("orders-prod"),
                Server = new ServerId("orders"),
                Database = "orders",
                StandingRole = "dbchatops_orders_read",
                Level = AccessLevel.Read,
                Window = TimeSpan.FromMinutes(30),
                ClaimBy = bot.Clock.GetUtcNow() + TimeSpan.FromHours(1),
                Reason = "many at once",
                Channel = Seed.Approvals.Id,
                Approvers = [],
            },
            Principal.Bot,
            null,
            Ct)));

    public static async Task RevealsAllAsync(this BotUnderTest bot)
    {
        var ready = (await bot.GrantsAsync(open: true)).Where(grant => grant.State == GrantState.Ready);
        await Task.WhenAll(ready.Select(grant => bot.Get<Decider>().DecideAsync(new RequestReveal(grant.Id, "V0SILENT00"), Ana, null, Ct)));
        await bot.SettlesAsync();
    }

    public static async Task ReleasesAllAsync(this BotUnderTest bot)
    {
        var open = await bot.GrantsAsync(open: true);
        await Task.WhenAll(open.Select(grant => bot.Get<Decider>().DecideAsync(new ReleaseGrant(grant.Id), Ana, null, Ct)));
        await bot.EndsAllAsync(TimeSpan.FromSeconds(30), Ct);
    }
}
