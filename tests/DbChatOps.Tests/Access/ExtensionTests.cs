using DbChatOps.Access;
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
        ExtendGrant.Decide(Active(), command, Facts(Principal.Bot, end)).OrThrow().Events.ShouldBeEmpty();
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
        Extend(Revoking(), TheExtension, 30).State.ShouldBe(GrantState.Revoking);

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
        Ledger.Consequences.Of(concluded.Next, concluded.Events[0]).Select(row => row.Key).ShouldContain($"converge:{TheGrant}");
    }

    private static Grant Extend(Grant grant, RequestId by, int minutes) =>
        ExtendGrant.Decide(grant, new ExtendGrant(TheGrant, by, TimeSpan.FromMinutes(minutes)), Facts(Principal.Bot, At(12))).OrThrow().Next;

    private static Result<Decision<AccessRequest>> Ask(Grant grant, int minutes) =>
        AskExtension.Decide(null, AskMore(minutes), Facts(Asker, At(10)) with { Grant = grant });
}
