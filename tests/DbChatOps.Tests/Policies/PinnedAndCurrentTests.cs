using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

/// <summary>A request remembers its policy; both that one and the current one must allow.</summary>
[Trait("Trap", "T-18")]
public sealed class PinnedAndCurrentTests
{
    private static readonly PinnedPolicy Pinned = PinnedPolicy.Of(Policy());

    [Fact]
    public void An_unchanged_policy_counts_once() => Combined(Policy()).OrThrow().Policies.Count.ShouldBe(1);

    [Fact]
    public void A_second_seat_added_later_must_be_filled_too()
    {
        var effective = Combined(Policy("prod", ("tech", ["dba"]), ("business", ["business"]))).OrThrow();

        effective.Count(Ballot(Yes(Bo)), Usual).Outcome.ShouldBe(TallyOutcome.Open);
        effective.Count(Ballot(Yes(Bo)), Usual).OpenSeats.Single().Name.ShouldBe("business");
        effective.Count(Ballot(Yes(Bo), Yes(Dee)), Usual).Outcome.ShouldBe(TallyOutcome.Approved);
    }

    [Fact]
    public void A_seat_removed_later_must_still_be_filled_for_an_old_request()
    {
        var pinned = PinnedPolicy.Of(Policy("prod", ("tech", ["dba"]), ("business", ["business"])));
        var effective = Book(Policy()).Combine(pinned, Question(Ana)).OrThrow();

        effective.Count(Ballot(Yes(Bo)), Usual).Outcome.ShouldBe(TallyOutcome.Open);
    }

    [Fact]
    public void A_group_added_to_a_seat_later_does_not_help_an_old_request()
    {
        var effective = Combined(Policy("prod", ("tech", ["dba", "business"]))).OrThrow();

        effective.Count(Ballot(Yes(Dee)), Usual).Outcome.ShouldBe(TallyOutcome.Open);
    }

    [Fact]
    public void The_shorter_clock_counts()
    {
        var tighter = Policy() with { MaximumWindow = TimeSpan.FromHours(1), Rule = Policy().Rule with { PendingFor = TimeSpan.FromHours(9), ClaimWithin = TimeSpan.FromMinutes(5) } };
        var effective = Combined(tighter).OrThrow();

        effective.MaximumWindow.ShouldBe(TimeSpan.FromHours(1));
        effective.PendingFor.ShouldBe(TimeSpan.FromHours(4));
        effective.ClaimWithin.ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void An_extension_must_be_allowed_by_both()
    {
        var allowing = new ExtensionRule { Allowed = true, MaximumTotal = TimeSpan.FromHours(8), MaximumTimes = 9 };

        Combined(Policy() with { Extension = allowing }).OrThrow().Extension.Allowed.ShouldBeFalse();
    }

    [Fact]
    public void A_window_the_current_policy_no_longer_allows_is_refused() =>
        Book(Policy() with { MaximumWindow = TimeSpan.FromMinutes(20) })
            .Combine(Pinned, Question(Ana) with { Window = TimeSpan.FromMinutes(30) }).ShouldBeRefused("window_too_long");

    [Fact]
    public void A_policy_that_vanished_denies() => Book(Policy("other")).Combine(Pinned, Question(Ana)).ShouldBeRefused("policy_gone");

    [Fact]
    public void A_policy_that_no_longer_covers_the_target_denies() =>
        Combined(Policy() with { Covers = Policy().Covers with { Tags = ["other"] } }).ShouldBeRefused("policy_gone");

    [Fact]
    [Trait("Trap", "T-16")]
    public void A_requester_who_left_the_group_is_refused() =>
        Book(Policy()).Combine(Pinned, Question(Ana, Members(Group("developers"), Group("dba", Bo)))).ShouldBeRefused("no_longer_eligible");

    [Fact]
    public void A_requester_whom_the_current_policy_no_longer_names_is_refused() =>
        Combined(Policy() with { Requesters = ["dba"] }).ShouldBeRefused("no_longer_eligible");

    [Fact]
    public void A_requester_deactivated_since_is_refused() =>
        Book(Policy()).Combine(Pinned, Question(Ana) with { Requester = Member(Ana, PrincipalKind.Deactivated) }).ShouldBeRefused("deactivated");

    [Fact]
    public void Auto_approval_added_later_does_not_approve_an_old_request()
    {
        var effective = Combined(Policy() with { AutoApprove = true }).OrThrow();

        effective.Rules.Count.ShouldBe(1);
        effective.Count(Ballot(), Usual).Outcome.ShouldBe(TallyOutcome.Open);
    }

    [Fact]
    public void A_denial_is_final_when_either_policy_says_so()
    {
        var effective = Combined(Policy() with { Rule = Policy().Rule with { OneDenialIsFinal = false } }).OrThrow();

        effective.Count(Ballot(No(Bo)), Usual).Outcome.ShouldBe(TallyOutcome.Denied);
    }

    [Fact]
    public void A_pinned_policy_survives_the_ledgers_json()
    {
        var policy = Policy() with
        {
            Covers = new PolicyScope { Targets = [new TargetId("orders-prod")], Levels = [AccessLevel.Read] },
            Rule = Policy().Rule with { Escalation = new Escalation { Group = "oncall", After = TimeSpan.FromMinutes(10) } },
        };

        var read = LedgerJson.Read<PinnedPolicy>(LedgerJson.Write(PinnedPolicy.Of(policy)));

        read.Hash.ShouldBe(PolicyHash.Of(policy));
        PolicyHash.Of(read.Policy).ShouldBe(read.Hash);
        read.Policy.Covers.Tags.ShouldBeNull();
    }

    private static Result<EffectivePolicy> Combined(AccessPolicy current) => Book(current).Combine(Pinned, Question(Ana));
}
