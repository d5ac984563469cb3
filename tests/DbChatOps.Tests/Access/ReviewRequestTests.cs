using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;
using DbChatOps.Tests.Chat;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

public sealed class ReviewRequestTests
{
    [Fact]
    public void One_approval_fills_the_one_seat_and_fixes_the_grants_id()
    {
        Approved().State.ShouldBe(RequestState.Approved);
        Approved().Grant.ShouldBe(TheGrant);
    }

    [Fact]
    public void Two_seats_need_two_people()
    {
        var first = Review(Pending(AccessLevel.Write), Approver);
        first.State.ShouldBe(RequestState.Pending);
        CodeOf(ReviewRequest.Decide(first, Approve(first), Facts(Approver, At(2)))).ShouldBe("already_reviewed");

        Review(first, Business).State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    public void Approving_your_own_request_is_refused()
    {
        var lenient = ReadPolicy with { Requesters = ["dba"] };
        var own = AskAccess.Decide(null, Ask(), Facts(Approver, At(0), lenient with { Rule = lenient.Rule with { Seats = [new Seat { Name = "tech", Groups = ["dba", "business"] }] } })).OrThrow().Next;

        CodeOf(ReviewRequest.Decide(own, Approve(own), Facts(Approver, At(1), own.Policy.Policy))).ShouldBe("self_approval");
    }

    [Fact]
    public void Somebody_without_a_seat_is_refused() => CodeOf(ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Business, At(1)))).ShouldBe("not_an_approver");

    [Fact]
    public void An_approver_who_left_the_group_since_the_card_was_drawn_is_refused()
    {
        var facts = Facts(Approver, At(1)) with { Membership = Membership.Nobody };

        CodeOf(ReviewRequest.Decide(Pending(), Approve(Pending()), facts)).ShouldBe("no_longer_eligible");
    }

    [Theory]
    [InlineData(14, "not_an_approver"), InlineData(15, "allowed")]
    public void The_escalation_group_may_fill_a_seat_after_the_delay(int minutes, string expected) =>
        CodeOf(ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(OnCall, At(minutes)))).ShouldBe(expected);

    [Theory]
    [InlineData(9, "allowed"), InlineData(10, "already_decided")]
    public void An_approval_that_comes_too_late_for_the_present_policy_is_refused(int minutes, string expected)
    {
        var quicker = ReadPolicy with { Rule = ReadPolicy.Rule with { PendingFor = TimeSpan.FromMinutes(10) } };

        CodeOf(ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Approver, At(minutes), quicker))).ShouldBe(expected);
    }

    [Fact]
    public void The_record_shows_both_policies_when_the_request_was_asked_under_another()
    {
        var longer = ReadPolicy with { MaximumWindow = TimeSpan.FromHours(8) };
        var events = ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Approver, At(1), longer)).OrThrow().Events;

        Pending().Policy.Hash.ShouldBe(PolicyHash.Of(ReadPolicy));
        events.OfType<RequestReviewed>().Single().CurrentPolicyHash.ShouldBe(PolicyHash.Of(longer));
        events.OfType<RequestApproved>().Single().CurrentPolicyHash.ShouldBe(PolicyHash.Of(longer));
        ReviewRequest.Decide(Pending(), Deny(Pending()), Facts(Approver, At(1), longer)).OrThrow().Events.OfType<RequestReviewed>().Single()
            .CurrentPolicyHash.ShouldBe(PolicyHash.Of(longer));
    }

    [Fact]
    public void Under_the_same_policy_there_is_nothing_more_to_record_and_older_entries_are_read()
    {
        var events = ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Approver, At(1))).OrThrow().Events;

        foreach (var change in events)
        {
            var written = LedgerJson.WriteEvent(change);
            System.Text.Encoding.UTF8.GetString(written).ShouldNotContain("currentPolicyHash");
            LedgerJson.WriteEvent(LedgerJson.ReadEvent(EventKinds.KindOf(change.GetType()), written)).ShouldBe(written);
        }
    }

    [Fact]
    public void An_approval_in_return_is_recorded_and_shown_and_not_refused()
    {
        var own = new RequestId(Guid.Parse("01900000-0000-7000-8000-00000000000b"));
        var returning = Facts(Approver, At(1)) with { Returned = own };
        var approved = ReviewRequest.Decide(Pending(), Approve(Pending()), returning).OrThrow().Next;

        approved.State.ShouldBe(RequestState.Approved);
        approved.Reviews.Single().Returns.ShouldBe(own);
        CardText.Of(RequestCards.ForApprovers(approved, null, returning.Policies)).ShouldContain($"approved a request of @{Approver.Id.User} within the last 24 h ({own.Handle})");
        CardText.Of(RequestCards.ForApprovers(Approved(), null, returning.Policies)).ShouldNotContain("↔");
        ReviewRequest.Decide(Pending(), Deny(Pending()), returning).OrThrow().Next.Reviews.Single().Returns.ShouldBeNull();
    }

    [Fact]
    public void An_approval_of_something_else_is_refused() =>
        CodeOf(ReviewRequest.Decide(Pending(), Approve(Pending(reason: "another reason")), Facts(Approver, At(1)))).ShouldBe("digest_mismatch");

    [Theory]
    [InlineData("orders-prod", "allowed"), InlineData("  Orders Prod ", "allowed"), InlineData("ORDERS_PROD", "allowed"), InlineData("orders–prod", "allowed")]
    [InlineData("orders-staging", "target_name_mismatch"), InlineData("", "target_name_mismatch"), InlineData(null, "target_name_mismatch"), InlineData("orders-prod2", "target_name_mismatch")]
    public void For_production_write_the_targets_name_is_typed(string? typed, string expected)
    {
        var request = Pending(AccessLevel.Write);

        CodeOf(ReviewRequest.Decide(request, Approve(request, typed), Facts(Approver, At(1)))).ShouldBe(expected);
    }

    [Theory]
    [InlineData(null, "reason_missing"), InlineData("  ", "reason_missing"), InlineData("\u200b\u202e", "reason_missing"), InlineData("no", "allowed")]
    public void A_denial_says_why(string? comment, string expected) =>
        CodeOf(ReviewRequest.Decide(Pending(), Deny(Pending(), comment), Facts(Approver, At(1)))).ShouldBe(expected);

    [Fact]
    public void A_denial_needs_no_typed_name_and_is_final()
    {
        var request = Pending(AccessLevel.Write);

        var denied = ReviewRequest.Decide(request, Deny(request), Facts(Approver, At(1))).OrThrow().Next;

        denied.State.ShouldBe(RequestState.Denied);
        denied.Outcome.ShouldBe("not today");
    }

    [Fact]
    public void The_second_click_is_told_who_decided_and_when()
    {
        var refusal = ReviewRequest.Decide(Approved(), Approve(Pending()), Facts(Approver, At(2))).Refused;

        refusal!.Message.ShouldBe($"{TheRequest.Handle} was already approved; Bo gave the last approval at 2026-11-22 12:01:00 UTC.");
    }

    [Fact]
    public void A_request_whose_clock_ran_out_is_not_approved_even_before_the_timer_came() =>
        CodeOf(ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Approver, Pending().LapsesAt))).ShouldBe("already_decided");

    [Fact]
    public void A_policy_that_vanished_approves_nothing() =>
        CodeOf(ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Approver, At(1), WritePolicy))).ShouldBe("policy_gone");

    [Fact]
    public void A_target_that_was_changed_must_be_asked_for_again()
    {
        Target[] changed =
        [
            OrdersProd with { Database = "orders2" },
            OrdersProd with { Server = new ServerId("pg-other") },
            OrdersProd with { Levels = new Dictionary<AccessLevel, LevelSettings> { [AccessLevel.Read] = new() { StandingRole = "somebody_else" } } },
            OrdersProd with { Levels = new Dictionary<AccessLevel, LevelSettings>() },
            OrdersProd with { Id = new TargetId("orders-renamed") },
        ];

        foreach (var target in changed)
        {
            CodeOf(ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Approver, At(1)) with { Targets = new TargetBook([PgProd], [target]) })).ShouldBe("target_changed");
        }
    }

    [Fact]
    public void A_rule_that_grew_a_seat_needs_it_filled_and_a_rule_that_lost_one_still_does()
    {
        var two = ReadPolicy with { Rule = WritePolicy.Rule };
        ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Approver, At(1), two)).OrThrow().Next.State.ShouldBe(RequestState.Pending);

        var askedWithTwo = AskAccess.Decide(null, Ask(), Facts(Asker, At(0), two)).OrThrow().Next;
        ReviewRequest.Decide(askedWithTwo, Approve(askedWithTwo), Facts(Approver, At(1))).OrThrow().Next.State.ShouldBe(RequestState.Pending);
    }

    [Fact]
    public void An_extension_of_access_that_ended_early_cannot_be_approved()
    {
        var extension = Extension();

        CodeOf(ReviewRequest.Decide(extension, Approve(extension), Facts(Approver, At(21)) with { Grant = Revoking() })).ShouldBe("ended");
        CodeOf(ReviewRequest.Decide(extension, Deny(extension), Facts(Approver, At(21)) with { Grant = Revoking() })).ShouldBe("allowed");
        CodeOf(ReviewRequest.Decide(extension, Approve(extension), Facts(Approver, At(21)) with { Grant = Active() })).ShouldBe("allowed");
    }

    [Fact]
    public void Escalation_comes_once_after_its_delay()
    {
        EscalateRequest.Decide(Pending(), new EscalateRequest(TheRequest), Facts(Principal.Bot, At(14, 59))).OrThrow().Events.ShouldBeEmpty();

        var escalated = EscalateRequest.Decide(Pending(), new EscalateRequest(TheRequest), Facts(Principal.Bot, At(15))).OrThrow().Next;

        escalated.EscalatedAt.ShouldBe(At(15));
        EscalateRequest.Decide(escalated, new EscalateRequest(TheRequest), Facts(Principal.Bot, At(16))).OrThrow().Events.ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_requester_takes_a_request_back() =>
        CodeOf(WithdrawRequest.Decide(Pending(), new WithdrawRequest(TheRequest), Facts(Approver))).ShouldBe("unknown_request");

    [Fact]
    public void Why_an_approval_cannot_be_spent_is_noted_once_until_it_changes()
    {
        var full = new NoteGrantRefused(TheRequest, new Refusal("cap_reached", "Full."));
        var noted = NoteGrantRefused.Decide(Approved(), full, Facts(Principal.Bot, At(2))).OrThrow().Next;

        noted.Outcome.ShouldBe("Full.");
        NoteGrantRefused.Decide(noted, full, Facts(Principal.Bot, At(3))).OrThrow().Events.ShouldBeEmpty();
        NoteGrantRefused.Decide(noted, full with { Refusal = new Refusal("too_late", "Too late.") }, Facts(Principal.Bot, At(3))).OrThrow().Events.Count.ShouldBe(1);
    }

    /// <summary>At its very end a request has lapsed, for either verdict.</summary>
    [Theory]
    [InlineData(Verdict.Approve)]
    [InlineData(Verdict.Deny)]
    public void A_request_that_lapses_now_takes_no_verdict(Verdict verdict) =>
        ReviewRequest.Decide(Pending(), Approve(Pending(), comment: "why") with { Verdict = verdict }, Facts(Approver, Pending().LapsesAt)).ShouldBeRefused("already_decided");

    [Fact]
    public void An_extension_is_not_approved_at_the_moment_of_the_end() =>
        ReviewRequest.Decide(Extension() with { LapsesAt = At(60) }, Approve(Extension()), Facts(Approver, At(32)) with { Grant = Active() }).ShouldBeRefused("ended");

    [Theory]
    [InlineData(PrincipalKind.Deactivated)]
    [InlineData(PrincipalKind.Guest)]
    public void The_requester_counts_as_they_are_now(PrincipalKind kind) =>
        ReviewRequest.Decide(Pending(), Approve(Pending()), Facts(Approver, At(1)) with { Person = Asker with { Kind = kind } }).ShouldBeRefused("no_longer_eligible");

    [Fact]
    public void Only_those_who_approved_answer_for_the_grant()
    {
        var denial = new Review { Reviewer = OnCall, Verdict = Verdict.Deny, At = At(1), Comment = "not yet" };
        var request = Approved() with { Reviews = [denial, .. Approved().Reviews] };

        OpenGrant.For(request).Approvers.Select(approver => approver.Id).ShouldBe([Approver.Id]);
    }

    private static AccessRequest Review(AccessRequest request, Principal by) => ReviewRequest.Decide(request, Approve(request), Facts(by, At(1))).OrThrow().Next;
}
