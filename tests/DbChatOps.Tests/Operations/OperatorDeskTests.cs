using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Playground.Faults;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Operations;

/// <summary>The host's operator, with chat up or down.</summary>
public sealed class OperatorDeskTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static readonly PersonId Operator = PersonId.Operator("root");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_from_another_process_ends_the_grant_even_with_chat_down()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        bot.Slack.Faults.On(FaultPlan.AnyMethod, new Fault.Reset(), times: int.MaxValue);
        await using (var beside = SqliteStore.OpenBeside(bot.StorePath, bot.Clock))
        {
            await beside.Inbox.AcceptAsync(new OperatorRequest.Revoke(new GrantSelection.Of(grant.Holder.Id), "left the company").ToDelivery(Operator, bot.Clock.GetUtcNow()), Ct);
        }

        (await bot.Get<OperatorDesk>().TakeUpAsync(Ct)).ShouldBe(1);
        (await bot.Get<OperatorDesk>().TakeUpAsync(Ct)).ShouldBe(0);

        var ending = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        (ending.State, ending.Ending!.By, ending.Ending.Detail).ShouldBe((GrantState.Revoking, Operator, "left the company"));
    }

    [Fact]
    public async Task Without_a_bot_the_command_ends_it_itself_and_proves_it()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        var lane = bot.Get<IEnumerable<ILaneWorker>>().OfType<EngineLane>().Single();
        await bot.Get<OperatorRevocation>().RunAsync(new OperatorRequest.Revoke(new GrantSelection.One(grant.Id.Handle), "over"), Principal.Operator(Operator), Ct);

        var now = await new DirectEnding(bot.Ledger, lane, bot.Clock).RunAsync([grant.Id], TimeSpan.FromSeconds(30), _ => { }, Ct);

        now.ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
        (await bot.LoginsAsync()).ShouldBe("");
        await bot.SettlesAsync();
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task A_person_loses_what_they_wait_for_too_by_every_account_and_the_audit_channel_hears_who_did_it()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Says(Ana, "/db access orders-prod read 30m second thing");
        await bot.SettlesAsync();
        var person = (await bot.GrantsAsync()).ShouldHaveSingleItem().Holder.Id;

        var cut = await bot.Get<OperatorRevocation>().RunAsync(new OperatorRequest.Revoke(new GrantSelection.Of(person), "left the company"), Principal.Operator(Operator), Ct);
        await bot.SettlesAsync();

        cut.Closed.ShouldHaveSingleItem().State.ShouldBe(RequestState.Denied);
        cut.Ending.ShouldHaveSingleItem();
        (await bot.LoginsAsync()).ShouldBe("");
        bot.Screen(Bo).ShouldContain("root (command line)");
        bot.Screen(Dee).ShouldContain("1 grant(s) ending, 1 request(s) closed. left the company");
    }

    [Theory]
    [InlineData("root", "cli:host:root")]
    [InlineData("DOMAIN\\ana m:x", "cli:host:DOMAIN-ana-m-x")]
    [InlineData("", "cli:host:-")]
    public void An_operator_is_named_by_their_account(string account, string id)
    {
        PersonId.Operator(account).ToString().ShouldBe(id);
        PersonId.Parse(id, null).IsOperator.ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_reported_and_not_waited_for_without_end()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        await bot.Get<OperatorRevocation>().RunAsync(new OperatorRequest.Revoke(new GrantSelection.On(grant.Server), "over"), Principal.Operator(Operator), Ct);
        await stage.Pair.Writer.StopAsync();
        try
        {
            var lane = bot.Get<IEnumerable<ILaneWorker>>().OfType<EngineLane>().Single();
            var now = await new DirectEnding(bot.Ledger, lane, bot.Clock).RunAsync([grant.Id], TimeSpan.FromSeconds(1), _ => { }, Ct);

            GrantLines.Ending(now.ShouldHaveSingleItem()).ShouldContain("may still be possible");
        }
        finally
        {
            await stage.Pair.Writer.RestartAsync();
        }

        await bot.SettlesAsync();
    }

    [Fact]
    public async Task A_dry_comparison_ends_nothing_and_a_real_one_answers_through_the_ledger()
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();
        bot.Clock.Advance(TimeSpan.FromSeconds(20));
        await bot.Servers.PsqlAsync($"ALTER ROLE {login} NOLOGIN; DO $$ BEGIN EXECUTE 'DROP OWNED BY {login}'; END $$; DROP ROLE {login};");

        (await bot.Get<Reconciler>().CompareAsync(dryRun: true, Ct)).ShouldHaveSingleItem().Message.ShouldContain("would be ended");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Active);

        var asked = new OperatorRequest.Reconcile().ToDelivery(Operator, bot.Clock.GetUtcNow());
        await bot.Get<IInbox>().AcceptAsync(asked, Ct);
        await bot.Get<OperatorDesk>().TakeUpAsync(Ct);
        await using var reader = SqliteLedgerReader.Open(bot.StorePath);
        var entries = new List<string>();
        await foreach (var entry in reader.ReadEntriesAsync(new EntryFilter { Subject = $"reconcile:{asked.Key}" }, Ct))
        {
            entries.Add(System.Text.Encoding.UTF8.GetString(entry.Body!));
        }

        entries.ShouldHaveSingleItem().ShouldContain(login);
        await bot.SettlesAsync();
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
    }

    [Theory]
    [InlineData("grant g-12345678")]
    [InlineData("person slack:T0:U1")]
    [InlineData("server orders")]
    public void A_selection_survives_its_way_through_the_inbox(string text)
    {
        var revoke = new OperatorRequest.Revoke(GrantSelection.Parse(text)!, "why");

        OperatorRequest.From(revoke.ToDelivery(Operator, DateTimeOffset.UnixEpoch)).ShouldBe(revoke);
        revoke.Which.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("grant ")]
    [InlineData("person U1")]
    [InlineData("everything")]
    public void What_selects_nothing_is_not_a_selection(string text) => GrantSelection.Parse(text).ShouldBeNull();
}
