using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Playground;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>Who may approve, judged at the click: seats, humans, groups, and policies that change meanwhile.</summary>
[Trait("Trap", "T-16")]
public sealed class SeatStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Write = "/db access orders-prod write 30m repairing INC-42";
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    [Fact]
    public async Task Production_write_takes_two_humans_and_the_name_of_the_target()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Write);

        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Submits(Bo, ("target", "orders-staging"));
        bot.Sights.TopModal(Bo)!.Errors["target"].ShouldContain("You typed 'orders-staging'");
        await bot.Submits(Bo, ("target", " ORDERS prod "), ("comment", "fine by me"));
        bot.Dialog(Bo).ShouldSatisfyAllConditions(
            said => said.ShouldContain("needs further approvals"),
            said => said.ShouldContain("1 of 2 approvals · seats: "));
        bot.Approvals.ShouldContain("1 of 2 approvals");
        (await bot.GrantsAsync()).ShouldBeEmpty();

        await bot.ApprovesAsync(Cy, ("target", "orders_prod"));
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Ready);
    }

    [Fact]
    public async Task One_person_in_both_groups_does_not_fill_both_seats()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Write);
        await bot.ApprovesAsync(Dee, ("target", "orders-prod"));

        await bot.ApprovesAsync(Dee, ("target", "orders-prod"));
        bot.Dialog(Dee).ShouldContain("already reviewed");
        (await bot.GrantsAsync()).ShouldBeEmpty();

        // Either seat of hers may be the open one: whoever comes next completes the rule.
        await bot.ApprovesAsync(Cy, ("target", "orders-prod"));
        (await bot.GrantsAsync()).Single().Approvers.Select(person => person.Id).ShouldBe([IdOf(Dee), IdOf(Cy)]);
    }

    [Fact]
    public async Task SamePersonTwoRealms()
    {
        await using var bot = await StartAsync(stage, Linked);
        await bot.Says(Ana, Write);
        await bot.ApprovesAsync(Bo, ("target", "orders-prod"));

        await bot.ApprovesAsync(Cy, ("target", "orders-prod"));

        bot.Dialog(Cy).ShouldContain("already reviewed");
        (await bot.GrantsAsync()).ShouldBeEmpty();
        await bot.Says(Cy, Read);
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        bot.LastAnswer(Bo).ShouldContain("cannot review your own request");

        static Settings Linked(Settings settings) => settings with
        {
            Policies = new PolicyBook(settings.Policies.Policies, settings.Policies.Groups, new People([new Human { Key = "bo", Identities = [IdOf(Bo), IdOf(Cy)] }])),
        };
    }

    [Fact]
    public async Task Who_has_no_seat_is_told_who_has()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);

        await bot.ApprovesAsync(Cy);

        bot.Dialog(Cy).ShouldContain("Only members of dba");
        (await bot.RefusalsAsync()).ShouldBe(["not_an_approver"]);
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
    }

    [Fact]
    public async Task An_approver_removed_between_card_and_click_approves_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.Presses(Bo, "Approve…", Seed.Approvals);

        bot.Slack.Put(Seed.DbaGroup with { Members = [Dee.Id] });
        await bot.Submits(Bo);

        bot.Dialog(Bo).ShouldContain("Only members of dba");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
        await bot.ApprovesAsync(Dee);
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Ready);
    }

    [Fact]
    public async Task A_chat_group_adds_nobody_to_the_roster()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Put(Seed.DbaGroup with { Members = [Bo.Id, Dee.Id, Cy.Id] });
        await bot.Says(Ana, Read);

        await bot.ApprovesAsync(Cy);

        bot.Dialog(Cy).ShouldContain("Only members of dba");
    }

    public static TheoryData<Fault> Troubles =>
    [
        new Fault.HtmlError(), new Fault.RateLimited(TimeSpan.FromSeconds(30)), new Fault.Reset(), new Fault.Refused("internal_error"), new Fault.Refused("no_such_subteam"),
    ];

    [Theory]
    [MemberData(nameof(Troubles), DisableDiscoveryEnumeration = true)]
    public async Task A_group_that_cannot_be_read_means_press_again(Fault fault)
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.Presses(Bo, "Approve…", Seed.Approvals);

        bot.Slack.Faults.On("usergroups.users.list", fault);
        await bot.Submits(Bo);

        bot.Dialog(Bo).ShouldContain("again");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
        await bot.PassesAsync(TimeSpan.FromSeconds(31));
        await bot.ApprovesAsync(Bo);
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    public async Task A_group_that_is_slow_to_be_read_means_press_again()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        var held = new Fault.Held();
        bot.Slack.Faults.On("usergroups.users.list", held);

        var answer = await bot.Driver.Submits(Bo);

        answer.IsAcknowledged.ShouldBeTrue();
        answer.Took.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        await bot.Driver.WaitsFor(_ => bot.Dialog(Bo).Contains("again", StringComparison.Ordinal), "the word to press again", within: TimeSpan.FromSeconds(30));
        held.Release();
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
    }

    [Fact]
    public async Task A_requester_who_was_deactivated_meanwhile_gets_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        bot.Slack.Deactivate(Ana);

        await bot.ApprovesAsync(Bo);

        bot.Dialog(Bo).ShouldContain("deactivated");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task A_holder_who_is_deactivated_loses_what_is_running()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        await using var session = await stage.ConnectAsync(login, password);
        await bot.Get<PeopleWatch>().LookAsync(TestContext.Current.CancellationToken);
        (await bot.LoginsAsync()).ShouldBe(login);
        bot.Slack.Deactivate(Ana);

        bot.Slack.Faults.On("users.info", new Fault.HtmlError());
        await bot.Get<PeopleWatch>().LookAsync(TestContext.Current.CancellationToken);
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Active);
        await bot.Get<PeopleWatch>().LookAsync(TestContext.Current.CancellationToken);
        await bot.SettlesAsync();

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).Single().Ending!.Reason.ShouldBe(EndReason.PersonDeactivated);
        await using var count = new Npgsql.NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<Npgsql.NpgsqlException>(() => count.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_policy_tightened_after_asking_acts_at_once()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        Change(bot, policy => policy with
        {
            Rule = policy.Rule with { Seats = [new Seat { Name = "tech", Groups = ["dba"] }, new Seat { Name = "business", Groups = ["business"] }] },
        });

        await bot.ApprovesAsync(Bo);
        bot.Dialog(Bo).ShouldContain("needs further approvals");
        (await bot.GrantsAsync()).ShouldBeEmpty();
        await bot.ApprovesAsync(Cy);
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Ready);
    }

    [Fact]
    public async Task A_policy_loosened_after_asking_helps_no_old_request()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        Change(bot, policy => policy with { Rule = policy.Rule with { Seats = [new Seat { Name = "anybody", Groups = ["developers"] }] } });

        await bot.ApprovesAsync(Cy);
        (await bot.GrantsAsync()).ShouldBeEmpty();
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);

        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Cy);
        bot.Dialog(Cy).ShouldContain("✅ Approved");
    }

    [Fact]
    public async Task A_policy_that_is_gone_or_shorter_refuses_the_old_request_with_the_reason()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        Change(bot, policy => policy with { MaximumWindow = TimeSpan.FromMinutes(10), DefaultWindow = TimeSpan.FromMinutes(10) });
        await bot.ApprovesAsync(Bo);
        bot.Dialog(Bo).ShouldContain("now allows at most");

        Change(bot, policy => policy with { Name = "another" });
        await bot.ApprovesAsync(Bo);
        bot.Dialog(Bo).ShouldContain("no longer covers");
        (await bot.GrantsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_approvers_of_one_seat_fill_it_once()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Write);
        await bot.ApprovesAsync(Bo, ("target", "orders-prod"));

        bot.Slack.Put(Seed.DbaGroup with { Members = [Bo.Id] });
        await bot.ApprovesAsync(Dee, ("target", "orders-prod"));

        // Out of the chat group, she still sits for the business.
        (await bot.GrantsAsync()).Single().Approvers.Count.ShouldBe(2);
    }

    private static void Change(BotUnderTest bot, Func<AccessPolicy, AccessPolicy> change) => bot.Settings = bot.Settings with
    {
        Policies = new PolicyBook(
            [.. bot.Settings.Policies.Policies.Select(policy => policy.Covers.Levels is [AccessLevel.Read] ? change(policy) : policy)],
            bot.Settings.Policies.Groups,
            bot.Settings.Policies.People),
    };
}
