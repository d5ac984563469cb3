using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

public sealed class ExtensionTests
{
    [Fact]
    public void An_extension_is_a_request_with_the_same_approval_that_lapses_with_the_window_at_the_latest()
    {
        var extension = Extension();

        extension.Kind.ShouldBe(RequestKind.Extension);
        extension.Extends.ShouldBe(TheGrant);
        extension.LapsesAt.ShouldBe(Active().Expiry!.Value);
        ReviewRequest.Decide(extension, Approve(extension), Facts(Approver, At(11)) with { Grant = Active() }).OrThrow().Next.Grant.ShouldBe(TheGrant);
    }

    [Theory]
    [InlineData(90, "allowed"), InlineData(91, "extension_limit")]
    public void The_whole_window_has_a_limit(int minutes, string expected) => CodeOf(Ask(Active(), minutes)).ShouldBe(expected);

    [Fact]
    public void So_have_the_times()
    {
        var twice = Extend(Extend(Active(), TheRequest, 5), TheExtension, 5);

        CodeOf(Ask(twice, 5)).ShouldBe("extension_limit");
    }

    [Fact]
    public void A_policy_without_extensions_refuses_them() =>
        CodeOf(AskExtension.Decide(null, AskMore(), Facts(Asker, At(10), ReadPolicy with { Extension = ExtensionRule.None }) with { Grant = Active() })).ShouldBe("extension_not_allowed");

    [Fact]
    public void One_extension_at_a_time()
    {
        var waiting = Facts(Asker, At(10)) with { Grant = Active(), History = [Extension()] };
        CodeOf(AskExtension.Decide(null, AskMore() with { Request = new RequestId(Guid.Empty) }, waiting)).ShouldBe("extension_pending");

        var approvedUnspent = ReviewRequest.Decide(Extension(), Approve(Extension()), Facts(Approver, At(11)) with { Grant = Active() }).OrThrow().Next;
        CodeOf(AskExtension.Decide(null, AskMore() with { Request = new RequestId(Guid.Empty) }, waiting with { History = [approvedUnspent] })).ShouldBe("extension_pending");

        var spent = waiting with { History = [approvedUnspent], Grant = Extend(Active(), TheExtension, 30) };
        CodeOf(AskExtension.Decide(null, AskMore() with { Request = new RequestId(Guid.Empty) }, spent)).ShouldBe("allowed");
    }

    [Theory]
    [InlineData(GrantState.Provisioning, "not_active"), InlineData(GrantState.Ready, "not_active"), InlineData(GrantState.Revoking, "ended"), InlineData(GrantState.Revoked, "ended")]
    public void Only_a_running_window_is_extended(GrantState state, string expected) => CodeOf(Ask(Grant(state), 10)).ShouldBe(expected);

    [Fact]
    public void Only_by_its_holder() => CodeOf(AskExtension.Decide(null, AskMore(), Facts(Approver, At(10)) with { Grant = Active() })).ShouldBe("unknown_grant");

    [Fact]
    public void At_the_last_second_it_is_in_time_and_at_the_end_it_is_void()
    {
        var end = Active().Expiry!.Value;
        var command = new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30));

        ExtendGrant.Decide(Active(), command, Facts(Principal.Bot, end.AddSeconds(-1))).OrThrow().Next.Expiry.ShouldBe(end.AddMinutes(30));
        CodeOf(ExtendGrant.Decide(Active(), command, Facts(Principal.Bot, end))).ShouldBe("ended");
        CodeOf(AskExtension.Decide(null, AskMore(), Facts(Asker, end) with { Grant = Active() })).ShouldBe("ended");
    }

    [Fact]
    public void After_an_extension_the_old_end_ends_nothing()
    {
        var end = Active().Expiry!.Value;
        var extended = Extend(Active(), TheExtension, 30);

        EndGrant.Decide(extended, new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, end)).OrThrow().Events.ShouldBeEmpty();
        EndGrant.Decide(extended, new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, end.AddMinutes(30))).OrThrow().Next.State.ShouldBe(GrantState.Revoking);
    }

    [Fact]
    public void An_approval_is_spent_once()
    {
        var once = Extend(Active(), TheExtension, 30);

        Extend(once, TheExtension, 30).ShouldBeSameAs(once);
    }

    [Fact]
    public void A_release_while_an_extension_waits_ends_the_grant_and_voids_the_extension() =>
        CodeOf(Apply(Revoking(), TheExtension, 30)).ShouldBe("ended");

    [Fact]
    public void Of_two_extensions_approved_side_by_side_the_second_is_judged_on_what_the_first_left()
    {
        var once = ReadPolicy with { Extension = ReadPolicy.Extension with { MaximumTimes = 1 } };
        var first = Apply(Active(), TheRequest, 10, once).OrThrow().Next;
        CodeOf(Apply(first, TheExtension, 10, once)).ShouldBe("extension_limit");

        CodeOf(Apply(Extend(Active(), TheRequest, 60), TheExtension, 30)).ShouldBe("allowed");
        CodeOf(Apply(Extend(Active(), TheRequest, 60), TheExtension, 31)).ShouldBe("extension_limit");
    }

    [Fact]
    public void A_limit_that_was_tightened_after_the_approval_counts_and_a_loosened_one_does_not()
    {
        CodeOf(Apply(Active(), TheExtension, 30, ReadPolicy with { Extension = ExtensionRule.None })).ShouldBe("extension_not_allowed");
        CodeOf(Apply(Active(), TheExtension, 91, ReadPolicy with { Extension = ReadPolicy.Extension with { MaximumTotal = TimeSpan.FromHours(9) } })).ShouldBe("extension_limit");
        CodeOf(Apply(Active(), TheExtension, 30, WritePolicy)).ShouldBe("policy_gone");
    }

    [Fact]
    public void An_approved_extension_that_was_not_applied_says_so_and_is_in_nobodys_way()
    {
        var approved = ReviewRequest.Decide(Extension(), Approve(Extension()), Facts(Approver, At(11)) with { Grant = Active() }).OrThrow().Next;
        var refusal = Apply(Revoking(), TheExtension, 30).Refused!;
        var noted = NoteGrantRefused.Decide(approved, new NoteGrantRefused(TheExtension, refusal), Facts(Principal.Bot, At(21))).OrThrow().Next;

        RequestCards.ForApprovers(noted, Revoking(), Facts(Asker).Policies).Lines[^1].ToString().ShouldContain("Approved, but not applied: ");
        RequestCards.ForRequester(noted, Facts(Asker).Policies).Title.ToString().ShouldContain("approved, but not applied");
        RequestCards.Answered(noted).Title.ToString().ShouldContain("was not applied");
        CodeOf(AskExtension.Decide(null, AskMore() with { Request = new RequestId(Guid.Empty) }, Facts(Asker, At(12)) with { Grant = Active(), History = [noted] })).ShouldBe("allowed");
    }

    [Fact]
    public void After_an_extension_the_warnings_come_again()
    {
        var warned = WarnHolder.Decide(Active(), new WarnHolder(TheGrant, EndWarning.Last, Active().Expiry!.Value), Facts(Principal.Bot, At(30))).OrThrow().Next;
        warned.Warned.ShouldBe(EndWarning.Last);

        var extended = Extend(warned, TheExtension, 30);

        extended.Warned.ShouldBeNull();
        WarnHolder.Decide(extended, new WarnHolder(TheGrant, EndWarning.First, Active().Expiry!.Value), Facts(Principal.Bot, At(31))).OrThrow().Events.ShouldBeEmpty();
    }

    [Fact]
    public void An_extension_during_a_reveal_is_brought_to_the_server_again_after_it()
    {
        var revealing = Revealing(Active(), At(10));
        var extended = Extend(revealing, TheExtension, 30);

        var concluded = ConcludeReveal.Decide(extended, ReadBack(revealing), Facts(Principal.Bot, At(10, 2))).OrThrow();

        concluded.Next.Expiry.ShouldBe(Active().Expiry!.Value.AddMinutes(30));
        concluded.Next.ValidUntil.ShouldBe(Active().Expiry);
        Consequences.Of(concluded.Next, concluded.Events[0]).Select(row => row.Key).ShouldContain($"converge:{TheGrant}");
    }

    [Fact]
    public void An_extension_that_the_server_refuses_sets_the_end_back_to_the_servers_and_counts_for_nothing()
    {
        var extended = Extended();

        var refused = NoteExtensionRefused.Decide(extended, TooLong(extended), Facts(Principal.Bot, At(12))).OrThrow();

        refused.Next.Expiry.ShouldBe(Active().Expiry);
        refused.Next.Expiry.ShouldBe(refused.Next.ValidUntil);
        refused.Next.Extensions.ShouldBe(0);
        refused.Next.Warned.ShouldBeNull();
        Consequences.Of(refused.Next, refused.Events[0]).Select(row => row.Item).OfType<AgendaItem.Dispatch>().Select(item => item.Command).OfType<NoteGrantRefused>()
            .ShouldHaveSingleItem().ShouldBe(new NoteGrantRefused(TheExtension, new Refusal(
                "window_too_long", "The server's set-up does not allow so long a window. The access ends at 2026-11-22 12:32:00 UTC, as before.")));
        NoteExtensionRefused.Decide(refused.Next, TooLong(extended), Facts(Principal.Bot, At(12))).OrThrow().Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(21, null), InlineData(25, EndWarning.First), InlineData(31, EndWarning.Last)]
    public void The_news_of_it_stands_for_the_warnings_whose_time_is_over(int minute, EndWarning? expected) =>
        NoteExtensionRefused.Decide(Extended(), TooLong(Extended()), Facts(Principal.Bot, At(minute))).OrThrow().Next.Warned.ShouldBe(expected);

    [Fact]
    public void Refused_after_the_servers_own_end_it_is_over_at_once()
    {
        var over = NoteExtensionRefused.Decide(Extended(), TooLong(Extended()), Facts(Principal.Bot, At(40))).OrThrow().Next;

        over.Expiry.ShouldBe(At(40));
        EndGrant.Decide(over, new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, At(40))).OrThrow().Next.Ending!.DueAt.ShouldBe(At(40));
    }

    [Fact]
    public void An_end_that_the_server_knows_or_that_moved_once_more_is_not_set_back()
    {
        var known = ConcludeExtension.Decide(Extended(), new ConcludeExtension(TheGrant, Extended().Expiry!.Value), Facts(Principal.Bot, At(12))).OrThrow().Next;
        NoteExtensionRefused.Decide(known, TooLong(Extended()), Facts(Principal.Bot, At(12))).OrThrow().Events.ShouldBeEmpty();

        var again = Extend(Extended(), TheRequest, 10);
        NoteExtensionRefused.Decide(again, TooLong(Extended()), Facts(Principal.Bot, At(12))).OrThrow().Events.ShouldBeEmpty();
    }

    private static Grant Extend(Grant grant, RequestId by, int minutes) =>
        Apply(grant, by, minutes).OrThrow().Next;

    private static Result<Decision<Grant>> Apply(Grant grant, RequestId by, int minutes, params IReadOnlyList<AccessPolicy> policies) =>
        ExtendGrant.Decide(grant, new ExtendGrant(TheGrant, by, TimeSpan.FromMinutes(minutes)), Facts(Principal.Bot, At(12), policies));

    private static Result<Decision<AccessRequest>> Ask(Grant grant, int minutes) =>
        AskExtension.Decide(null, AskMore(minutes), Facts(Asker, At(10)) with { Grant = grant });
}
