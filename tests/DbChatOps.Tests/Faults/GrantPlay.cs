using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using Xunit;

namespace DbChatOps.Tests.Faults;

/// <summary>Grants by the decider alone, without chat: for tests that need many.</summary>
internal static class GrantPlay
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Principal Ana { get; } = Member(Seed.Ana);

    private static Principal Bo { get; } = Member(Seed.Bo);

    public static async Task<IReadOnlyList<Result<Decided>>> OpensAsync(this BotUnderTest bot, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            var request = await ApprovedAsync(bot);
            return await bot.Get<Decider>().DecideAsync(OpenGrant.For(request), Principal.Bot, null, Ct);
        }));

    /// <summary>Straight into the ledger, without the row that would spend it.</summary>
    private static async Task<AccessRequest> ApprovedAsync(BotUnderTest bot)
    {
        var id = new RequestId(Guid.CreateVersion7());
        var now = bot.Clock.GetUtcNow();
        var policy = PinnedPolicy.Of(bot.Settings.Policies.Find("prod-read")!);
        RequestEvent[] events =
        [
            new RequestAsked
            {
                Request = id,
                Kind = RequestKind.Access,
                Requester = Ana,
                Target = new TargetId("orders-prod"),
                Server = new ServerId("orders"),
                Environment = TargetEnvironment.Production,
                Database = "orders",
                Level = AccessLevel.Read,
                StandingRole = "dbchatops_orders_read",
                Window = TimeSpan.FromMinutes(30),
                Reason = "many at once",
                Policy = policy,
                Digest = new string('0', 64),
                Channel = Seed.Approvals.Id,
                LapsesAt = now + policy.Policy.Rule.PendingFor,
                By = Ana.Id,
                At = now,
            },
            new RequestReviewed { Request = id, Review = new Review { Reviewer = Bo, Verdict = Verdict.Approve, At = now }, By = Bo.Id, At = now },
            new RequestApproved { Request = id, Grant = new GrantId(id.Value), By = Bo.Id, At = now },
        ];
        var request = Decision<AccessRequest>.Of(null, events).Next;
        await bot.Ledger.CommitAsync(
            new Change
            {
                Snapshots = [new SnapshotWrite { Subject = request.Subject, ExpectedVersion = 0, Index = request.Index, Body = LedgerJson.Write(request) }],
                Entries = [.. events.Select(change => change.ToDraft())],
            },
            Ct);
        return request;
    }

    private static Principal Member(SlackUser user) => new()
    {
        Id = BotUnderTest.IdOf(user), Name = user.Handle, Kind = PrincipalKind.Member, Human = BotUnderTest.IdOf(user).ToString(),
    };

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
