using DbChatOps.Access;
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
}
