using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Playground.World;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>An old copy of the store is put in place, or it is lost: what happened since is on the servers, and the safe direction is taken.</summary>
[Trait("Trap", "T-11")]
public sealed class StoreRestoredTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static readonly Principal Root = Principal.Operator(PersonId.Operator("root"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_grant_that_was_cut_off_since_is_not_made_again_and_nothing_new_begins_until_the_restore_is_confirmed()
    {
        var record = new EngineRecord();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<ILoginEngine>(record.Watch));
        string? copy = null;
        record.BeforeMaking = async () => copy ??= await bot.CopyStoreAsync();
        await AskedAndApprovedAsync(bot);
        var (grant, login) = await TheGrantAsync(bot);
        await bot.Get<Decider>().DecideAsync(new RevokeGrant(grant, "left the company"), Root, null, Ct);
        await bot.EndsAllAsync(TimeSpan.FromSeconds(20), Ct);
        await bot.Says(Cy, "/db access orders-prod read 30m after the backup");
        await bot.ApprovesAsync(Bo);

        await bot.ReplaceStoreAsync(copy);
        await bot.StartAsync();
        await bot.SettlesAsync();

        (await TheGrantAsync(bot)).Grant.ShouldBe(grant);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Provisioning);
        (await bot.Says(Cy, "/db access orders-prod read 30m once more")).ShouldNotBeNull();
        bot.LastAnswer(Cy).ShouldContain("dbchatops confirm-restore --server orders");
        (await bot.RefusalsAsync()).ShouldContain("store_restored");
        bot.Get<Health>().Reasons.ShouldContain(reason => reason.StartsWith("The store is older than server orders", StringComparison.Ordinal));
        (await AlertsAsync(bot)).ShouldContain(("store_restored:orders", AlertState.Raised));
        var findings = await bot.Get<Reconciler>().LookAsync(Ct);
        findings.Select(static finding => finding.Kind).ShouldBe([ReconcileKind.StoreRestored, ReconcileKind.Stray], ignoreOrder: true, string.Join('\n', findings));

        await ConfirmsAsync(bot);
        await bot.PassesAsync(TimeSpan.FromSeconds(31));
        await bot.SettlesAsync();

        var ended = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        ended.Ending!.Reason.ShouldBe(EndReason.MadeBefore);
        bot.Screen(Ana).ShouldContain("made before by a copy of this bot that is gone");
        record.Made.Count(made => made == login).ShouldBe(1);
        bot.Get<Health>().Reasons.ShouldBeEmpty();
        (await AlertsAsync(bot)).ShouldContain(("store_restored:orders", AlertState.Resolved));
        await bot.Says(Cy, "/db access orders-prod read 30m once more");
        bot.LastAnswer(Cy).ShouldNotContain("confirm-restore");
    }

    [Fact]
    public async Task A_lost_store_is_a_restored_one()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.ReplaceStoreAsync(null);
        await bot.StartAsync();

        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        bot.LastAnswer(Ana).ShouldContain("confirm-restore");
        await EndsStraysAsync(bot);
        await ConfirmsAsync(bot);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");

        (await bot.RequestsAsync()).ShouldHaveSingleItem().State.ShouldBe(RequestState.Pending);
        await bot.Says(Ana, "/db withdraw");
    }

    [Fact]
    public async Task An_unclaimed_login_that_was_revealed_since_ends_when_its_own_window_does()
    {
        await using var bot = await StartAsync(stage);
        await AskedAndApprovedAsync(bot);
        var copy = await bot.CopyStoreAsync();
        var (login, password) = await bot.RevealsAsync(Ana);
        await bot.Driver.Closes(Ana);
        var end = await bot.ValidUntilAsync(login);
        await using var session = await stage.ConnectAsync(login, password);
        await bot.ReplaceStoreAsync(copy);
        await bot.StartAsync();

        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.RevealTakenOver);
        await bot.SettlesAsync();

        var taken = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        taken.State.ShouldBe(GrantState.Active);
        taken.Expiry!.Value.ShouldBe(end, TimeSpan.FromSeconds(2));
        bot.Screen(Ana).ShouldContain("by a copy of this bot that is gone");
        (await bot.Get<Reconciler>().LookAsync(Ct)).ShouldBeEmpty();

        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        await bot.LeavesNothingBehindAsync();
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.Expired);
        await using var one = new NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<NpgsqlException>(() => one.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task One_that_ends_before_the_first_look_is_not_called_unclaimed_either()
    {
        await using var bot = await StartAsync(stage);
        await AskedAndApprovedAsync(bot);
        var copy = await bot.CopyStoreAsync();
        await bot.RevealsAsync(Ana);
        await bot.Driver.Closes(Ana);
        await bot.ReplaceStoreAsync(copy);
        bot.Clock.Advance(TimeSpan.FromMinutes(61));
        await bot.StartAsync();
        await bot.SettlesAsync();

        await bot.LeavesNothingBehindAsync();
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.Expired);
        bot.Screen(Ana).ShouldContain("by a copy of this bot that is gone");
        bot.Screen(Ana).ShouldNotContain("never claimed");
        bot.Approvals.ShouldNotContain("never claimed");
    }

    [Fact]
    public async Task One_that_a_person_ends_before_the_first_look_says_that_it_was_revealed()
    {
        await using var bot = await StartAsync(stage);
        await AskedAndApprovedAsync(bot);
        var copy = await bot.CopyStoreAsync();
        await bot.RevealsAsync(Ana);
        await bot.Driver.Closes(Ana);
        await bot.ReplaceStoreAsync(copy);
        await bot.StartAsync();

        await bot.Get<Decider>().DecideAsync(new RevokeGrant((await TheGrantAsync(bot)).Grant, "left the company"), Root, null, Ct);
        await bot.EndsAllAsync(TimeSpan.FromSeconds(20), Ct);
        await bot.SettlesAsync();

        await bot.LeavesNothingBehindAsync();
        bot.Screen(Ana).ShouldContain("by a copy of this bot that is gone");
        bot.Screen(Ana).ShouldNotContain("never shown");
    }

    [Fact]
    public async Task The_card_of_a_closed_grant_whose_login_is_found_again_says_so()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        await ClosesInTheLedgerOnlyAsync(bot, grant);

        await EndsStraysAsync(bot);
        await bot.SettlesAsync();

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().FoundAgain!.Proof.ShouldNotBeNull();
        bot.Screen(Ana).ShouldContain("After that the login was on the server again");
        bot.Approvals.ShouldContain("After that the login was on the server again");
    }

    [Fact]
    public async Task A_login_whose_making_is_not_concluded_yet_is_no_sign_of_a_restore()
    {
        var record = new EngineRecord();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<ILoginEngine>(record.Watch));
        var states = new List<(GrantState State, RestoredStore? Found)>();
        record.AfterMaking = async () => states.Add(((await bot.GrantsAsync())[0].State, await bot.Get<RestoreWatch>().CompareAsync(bot.Settings.Targets.Servers[0], Ct)));

        await AskedAndApprovedAsync(bot);

        states.ShouldBe([(GrantState.Provisioning, null)]);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Ready);
    }

    private static async Task AskedAndApprovedAsync(BotUnderTest bot)
    {
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.ApprovesAsync(Bo);
    }

    private static async Task<(GrantId Grant, string Login)> TheGrantAsync(BotUnderTest bot)
    {
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        return (grant.Id, grant.Login);
    }

    /// <summary>By a row from another process, as the command line writes it.</summary>
    private static async Task ConfirmsAsync(BotUnderTest bot)
    {
        var found = (await bot.Ledger.LoadAsync<ServerRecord>("orders", Ct))!.State.Restored.ShouldNotBeNull();
        await using (var beside = SqliteStore.OpenBeside(bot.StorePath, bot.Clock))
        {
            await beside.Inbox.AcceptAsync(new OperatorRequest.ConfirmRestore(new ServerId("orders"), found.Number, "the disk died").ToDelivery(Root.Id, bot.Clock.GetUtcNow()), Ct);
        }

        (await bot.Get<OperatorDesk>().TakeUpAsync(Ct)).ShouldBe(1);
        var confirmed = (await bot.Ledger.LoadAsync<ServerRecord>("orders", Ct))!.State;
        (confirmed.Restored, confirmed.ConfirmedUpTo).ShouldBe((null, found.Number));
    }

    private static async Task EndsStraysAsync(BotUnderTest bot)
    {
        for (var look = 0; look < 20 && (await bot.LoginsAsync()).Length > 0; look++)
        {
            await bot.Get<Reconciler>().LookAsync(Ct);
        }
    }

    /// <summary>As after a server was restored to a time before the end.</summary>
    private static async Task ClosesInTheLedgerOnlyAsync(BotUnderTest bot, Grant grant)
    {
        var proof = new RevocationProof { Login = grant.Login, Oid = grant.Oid ?? 0, ProvenAt = bot.Clock.GetUtcNow(), Nodes = [] };
        await bot.Get<Decider>().DecideAsync(new RevokeGrant(grant.Id, "over"), Root, null, Ct);
        await bot.Get<Decider>().DecideAsync(
            new RecordRevocation(grant.Id, new RevocationReport { Login = grant.Login, Stage = RevocationStage.ProvenGone, Proof = proof }), Principal.Bot, null, Ct);
        await bot.SettlesAsync();
    }

    private static async Task<IReadOnlyList<(string Key, AlertState State)>> AlertsAsync(BotUnderTest bot) =>
        [.. (await bot.Ledger.FindAsync<Alert>(new SnapshotQuery { Kind = Alert.Kind, Limit = 100 }, Ct)).Select(static stored => (stored.State.Key, stored.State.State))];
}
