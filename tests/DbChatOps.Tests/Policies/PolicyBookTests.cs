using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

public sealed class PolicyBookTests
{
    [Fact]
    public void A_book_without_policies_denies() => Refused(PolicyBook.Empty, Question(Ana)).Code.ShouldBe("no_policy");

    [Fact]
    public void A_covered_requester_needs_the_approval_of_the_policys_rule()
    {
        var verdict = Book(Policy()).Judge(Question(Ana)).ShouldBeOfType<PolicyVerdict.NeedApproval>();

        verdict.Rule.Seats.Single().Name.ShouldBe("tech");
        verdict.Window.ShouldBe(TimeSpan.FromMinutes(30));
        verdict.Pinned.Hash.ShouldBe(PolicyHash.Of(Policy()));
    }

    [Fact]
    public void Somebody_outside_the_requesters_is_told_which_groups_can_ask()
    {
        var refusal = Refused(Book(Policy()), Question(Dee));

        refusal.Code.ShouldBe("no_policy");
        refusal.Message.ShouldContain("developers");
    }

    [Fact]
    public void An_empty_list_of_requesters_means_nobody() =>
        Refused(Book(Policy() with { Requesters = [] }), Question(Ana)).Code.ShouldBe("no_policy");

    [Fact]
    public void A_group_that_is_not_configured_has_no_members() =>
        Refused(Book(Policy() with { Requesters = ["ghosts"] }), Question(Ana)).Code.ShouldBe("no_policy");

    [Fact]
    public void An_empty_list_in_the_scope_covers_nothing()
    {
        foreach (var scope in new[] { Scope() with { Targets = [] }, Scope() with { Tags = [] }, Scope() with { Environments = [] }, Scope() with { Levels = [] } })
        {
            Refused(Book(Policy() with { Covers = scope }), Question(Ana)).Code.ShouldBe("no_policy");
        }
    }

    [Fact]
    public void Every_stated_restriction_of_a_scope_must_hold()
    {
        var scope = Scope() with { Targets = [new TargetId("orders-prod")], Tags = ["payments", "other"], Environments = [TargetEnvironment.Production] };

        scope.Covers(Target(), AccessLevel.Read).ShouldBeTrue();
        scope.Covers(Target(), AccessLevel.Write).ShouldBeFalse();
        (scope with { Tags = ["other"] }).Covers(Target(), AccessLevel.Read).ShouldBeFalse();
        (scope with { Targets = [new TargetId("orders")] }).Covers(Target(), AccessLevel.Read).ShouldBeFalse();
        scope.Covers(Target(TargetEnvironment.Staging), AccessLevel.Read).ShouldBeFalse();
    }

    [Fact]
    public void A_level_the_target_does_not_have_is_refused_even_when_a_policy_covers_it()
    {
        var policy = Policy() with { Covers = Scope() with { Levels = [AccessLevel.Ddl] } };

        Refused(Book(policy), Question(Ana) with { Level = AccessLevel.Ddl }).Code.ShouldBe("no_policy");
    }

    [Fact]
    public void The_first_matching_policy_in_the_order_of_the_configuration_wins()
    {
        var book = Book(Policy("first", ("a", ["dba"])), Policy("second", ("b", ["dba"])));

        book.Judge(Question(Ana)).ShouldBeOfType<PolicyVerdict.NeedApproval>().Pinned.Policy.Name.ShouldBe("first");
    }

    [Fact]
    public void A_policy_whose_window_is_too_short_is_passed_over()
    {
        var book = Book(Policy("short") with { MaximumWindow = TimeSpan.FromMinutes(30) }, Policy("long"));

        book.Judge(Question(Ana) with { Window = TimeSpan.FromHours(2) }).ShouldBeOfType<PolicyVerdict.NeedApproval>().Pinned.Policy.Name.ShouldBe("long");
    }

    [Fact]
    public void A_window_beyond_every_maximum_is_refused_with_the_longest_one()
    {
        var refusal = Refused(Book(Policy()), Question(Ana) with { Window = TimeSpan.FromDays(365) });

        refusal.Code.ShouldBe("window_too_long");
        refusal.Message.ShouldContain("2 h");
    }

    [Theory, InlineData(0), InlineData(-1)]
    public void A_window_of_nothing_is_refused(int minutes) =>
        Refused(Book(Policy()), Question(Ana) with { Window = TimeSpan.FromMinutes(minutes) }).Code.ShouldBe("window_too_short");

    [Fact]
    public void A_missing_ticket_is_refused_where_the_policy_asks_for_one()
    {
        var book = Book(Policy() with { RequiresTicket = true }, Policy("without"));

        Refused(book, Question(Ana)).Code.ShouldBe("ticket_required");
        book.Judge(Question(Ana) with { HasTicket = true }).ShouldBeOfType<PolicyVerdict.NeedApproval>();
    }

    [Fact]
    public void After_a_denial_the_cool_down_must_pass()
    {
        var book = Book(Policy() with { CoolDownAfterDenial = TimeSpan.FromMinutes(15) });

        var refusal = Refused(book, Question(Ana) with { LastDeniedAt = Noon.AddMinutes(-10) });
        refusal.Code.ShouldBe("cooling_down");
        refusal.Message.ShouldContain("5 min");
        book.Judge(Question(Ana) with { LastDeniedAt = Noon.AddMinutes(-15) }).ShouldBeOfType<PolicyVerdict.NeedApproval>();
    }

    [Fact]
    public void Auto_approval_works_outside_production_only()
    {
        var policy = Policy() with { AutoApprove = true, Covers = new PolicyScope { Tags = ["payments"], Levels = [AccessLevel.Read] } };

        Book(policy).Judge(Question(Ana) with { Target = Target(TargetEnvironment.Staging) }).ShouldBeOfType<PolicyVerdict.Allow>();
        Refused(Book(policy), Question(Ana)).Code.ShouldBe("auto_approve_production");
    }

    [Theory]
    [InlineData(PrincipalKind.Guest, "guest")]
    [InlineData(PrincipalKind.Stranger, "stranger")]
    [InlineData(PrincipalKind.Bot, "bot_account")]
    [InlineData(PrincipalKind.Deactivated, "deactivated")]
    [InlineData(PrincipalKind.System, "not_a_person")]
    public void Only_full_members_may_ask(PrincipalKind kind, string code) =>
        Refused(Book(Policy()), Question(Ana) with { Requester = Member(Ana, kind) }).Code.ShouldBe(code);

    [Fact]
    public void A_rule_that_only_the_requester_could_satisfy_is_refused_when_asking()
    {
        var refusal = Refused(Book(Policy("p", ("tech", ["developers-leads"]))), Question(Ana, Members(Group("developers", Ana), Group("developers-leads", Ana))));

        refusal.Code.ShouldBe("rule_unsatisfiable");
        refusal.Message.ShouldContain("tech");
        refusal.Message.ShouldContain("only member");
    }

    [Fact]
    public void Offers_list_what_a_person_may_ask_for()
    {
        Book(Policy()).Offers(Ana, Target(), Usual).Select(offer => offer.Level).ShouldBe([AccessLevel.Read]);
        Book(Policy()).Offers(Dee, Target(), Usual).ShouldBeEmpty();
    }

    [Fact]
    public void The_chat_groups_to_ask_are_those_of_the_deciding_groups_only()
    {
        var groups = new[] { Group("developers", Ana) with { ChatGroup = "S1" }, Group("dba", Bo) with { ChatGroup = "S2" }, Group("other") with { ChatGroup = "S3" } };
        var book = new PolicyBook([Policy()], groups, People.Unlinked);

        book.ChatGroupsOf(book.GroupsFor(Target(), AccessLevel.Read)).ShouldBe(["S1", "S2"], ignoreOrder: true);
    }

    private static PolicyScope Scope() => new() { Levels = [AccessLevel.Read] };

    private static Refusal Refused(PolicyBook book, AccessQuestion question) => book.Judge(question).ShouldBeOfType<PolicyVerdict.Deny>().Refusal;
}
