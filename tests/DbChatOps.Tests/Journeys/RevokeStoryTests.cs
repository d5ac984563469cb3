using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>Access taken away before its time: from the card, and from somebody who is cut off.</summary>
public sealed class RevokeStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_approver_revokes_from_the_card_of_the_request_and_says_why()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();

        await bot.Presses(Cy, "Revoke…", Seed.Approvals);
        bot.LastAnswer(Cy).ShouldContain("can be revoked by its holder, its approvers and the cut-off groups");
        await bot.Presses(Bo, "Revoke…", Seed.Approvals);
        bot.Dialog(Bo).ShouldContain("Ends *read* of @ana");
        await bot.Submits(Bo, ("reason", "the wrong database"));

        (await bot.LoginsAsync()).ShouldBe("");
        bot.Screen(Ana).ShouldContain("the wrong database");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.By.ShouldBe(IdOf(Bo));
        bot.Screen(Bo).ShouldNotContain("Revoke…");
    }

    [Fact]
    public async Task Cutting_off_an_approver_takes_back_what_rests_on_their_word_and_leaves_what_is_claimed()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Says(Ana, "/db access orders-prod read 30m second");
        await bot.ApprovesAsync(Bo);

        await bot.Says(Dee, "/db revoke @bo --yes account stolen");

        var grants = await bot.GrantsAsync();
        grants.Single(grant => grant.Reason == "second").Ending!.Reason.ShouldBe(EndReason.NoLongerAllowed);
        grants.Single(grant => grant.Reason != "second").State.ShouldBe(GrantState.Active);
        bot.Screen(Ana).ShouldContain("account stolen");
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task A_cut_off_asks_the_directory_once_however_much_there_is_to_end()
    {
        await using var bot = await StartAsync(stage, settings => settings with
        {
            Policies = new PolicyBook(
                settings.Policies.Policies,
                [.. settings.Policies.Groups.Select(group => group.Name == "admins" ? group with { ChatGroup = Seed.DbaGroup.Id } : group)],
                settings.Policies.People),
        });
        await bot.HasAccessAsync();
        await bot.HasAccessAsync("/db access orders-prod read 30m second");
        await bot.Says(Ana, "/db access orders-prod read 30m third");
        var before = Asked();

        await bot.Says(Dee, "/db revoke @ana --yes left");

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.RequestsAsync()).ShouldAllBe(request => request.State != RequestState.Pending);
        (Asked() - before).ShouldBe(1);

        int Asked() => bot.Slack.Journal.Entries.Count(entry => entry.Method == "usergroups.users.list");
    }

    [Fact]
    public async Task Cutting_somebody_off_closes_what_waits_by_every_account_of_theirs()
    {
        await using var bot = await StartAsync(stage, settings => LinkedAccounts.Of(settings, settings.Policies.Policies));
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await bot.Says(Cy, Read);
        await bot.Says(Ana, "/db access orders-prod write 30m repairing INC-42");

        await bot.Says(Dee, "/db revoke @cy --yes left the company");

        bot.LastAnswer(Dee).ShouldContain("Ending everything of @cy (1)");
        (await bot.RequestsAsync()).Count(request => request is { State: RequestState.Denied, Outcome: "left the company" }).ShouldBe(2);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
    }

    [Fact]
    public async Task Whoever_is_deactivated_loses_what_waits_and_what_was_approved_and_not_opened_too()
    {
        await using var bot = await StartAsync(stage, settings => LinkedAccounts.Of(settings, settings.Policies.Policies));
        await bot.Says(Cy, Read);
        await bot.Says(Ana, Read);
        await bot.Servers.PsqlAsync("ALTER ROLE dbchatops_orders_read BYPASSRLS");
        try
        {
            await bot.Get<Surveys>().LookAsync(Ct);
            await bot.ApprovesAsync(Bo);
            bot.Slack.Deactivate(Ana);
            (await bot.Get<PeopleWatch>().LookAsync(Ct)).ShouldBe(2);
        }
        finally
        {
            await bot.Servers.PsqlAsync("ALTER ROLE dbchatops_orders_read NOBYPASSRLS");
        }

        (await bot.RequestsAsync()).Select(request => request.State).ShouldBe([RequestState.Voided, RequestState.Denied], ignoreOrder: true);
        await bot.Get<Surveys>().LookAsync(Ct);
        await bot.PassesAsync(TimeSpan.FromSeconds(11));
        (await bot.GrantsAsync()).ShouldBeEmpty();
        bot.Approvals.ShouldContain("taken back before anything was opened");
    }
}
