using DbChatOps.Access;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

public sealed class AskAccessTests
{
    [Fact]
    public void A_request_waits_in_the_approval_channel_with_its_first_clock_set()
    {
        var request = Pending();

        request.State.ShouldBe(RequestState.Pending);
        request.Channel.ShouldBe("C0APPROVALS");
        request.LapsesAt.ShouldBe(At(240));
        request.Ticket.ShouldBe("INC-42");
        request.StandingRole.ShouldBe("dbchatops_orders_prod_read");
    }

    [Fact]
    public void What_a_policy_allows_by_itself_is_approved_in_the_same_decision()
    {
        var request = AskAccess.Decide(null, Ask(target: "orders-staging"), Facts(Asker)).OrThrow().Next;

        request.State.ShouldBe(RequestState.Approved);
        request.Grant.ShouldBe(TheGrant);
        request.Reviews.ShouldBeEmpty();
    }

    [Fact]
    public void A_request_without_a_window_gets_the_policys_default() =>
        AskAccess.Decide(null, Ask(minutes: null), Facts(Asker)).OrThrow().Next.Window.ShouldBe(TimeSpan.FromMinutes(30));

    [Theory]
    [InlineData("", "reason_missing"), InlineData(" \u00a0\u200b\u202e\u3164\n", "reason_missing"), InlineData("x", "reason_too_short"), InlineData("— no! —", "reason_too_short"), InlineData("OPS-1", "allowed")]
    public void A_reason_must_hold_something_to_read(string reason, string expected) =>
        CodeOf(AskAccess.Decide(null, Ask(reason: reason), Facts(Asker))).ShouldBe(expected);

    [Theory]
    [InlineData(121, "window_too_long"), InlineData(0, "window_too_short"), InlineData(-5, "window_too_short"), InlineData(120, "allowed")]
    public void A_window_fits_the_policy(int minutes, string expected) =>
        CodeOf(AskAccess.Decide(null, Ask(minutes: minutes), Facts(Asker))).ShouldBe(expected);

    [Fact]
    public void Nobody_outside_the_policys_groups_may_ask() => CodeOf(AskAccess.Decide(null, Ask(), Facts(Business))).ShouldBe("no_policy");

    [Fact]
    public void An_unknown_target_is_refused() => CodeOf(AskAccess.Decide(null, Ask(target: "orders"), Facts(Asker))).ShouldBe("unknown_target");

    [Fact]
    public void A_server_that_was_never_checked_grants_nothing()
    {
        CodeOf(AskAccess.Decide(null, Ask(), Facts(Asker) with { Server = null })).ShouldBe("not_checked");

        var withoutDatabase = Identity with { Databases = new Dictionary<string, uint>(StringComparer.Ordinal) };
        CodeOf(AskAccess.Decide(null, Ask(), Facts(Asker) with { Server = new ServerRecord { Id = PgProd.Id, Pin = withoutDatabase, PinnedAt = At(0) } })).ShouldBe("not_checked");
    }

    [Theory]
    [InlineData("looking around", "ticket_required"), InlineData("OPS-1234 looking around", "allowed"), InlineData("see #12", "allowed"), InlineData("ops-12 &#12;", "ticket_required")]
    public void A_policy_may_ask_for_a_ticket(string reason, string expected) =>
        CodeOf(AskAccess.Decide(null, Ask(reason: reason), Facts(Asker, At(0), ReadPolicy with { RequiresTicket = true }))).ShouldBe(expected);

    [Theory]
    [InlineData(10, "cooling_down"), InlineData(31, "allowed")]
    public void After_a_denial_comes_a_pause(int minutes, string expected)
    {
        var facts = Facts(Asker, At(1 + minutes), ReadPolicy with { CoolDownAfterDenial = TimeSpan.FromMinutes(30) }) with { History = [Request(RequestState.Denied)] };

        CodeOf(AskAccess.Decide(null, Ask() with { Request = TheExtension }, facts)).ShouldBe(expected);
    }

    [Fact]
    public void At_most_three_requests_of_one_person_wait()
    {
        var guard = AskAccess.Decide(null, Ask(), Facts(Asker)).OrThrow().Guards.ShouldHaveSingleItem();

        guard.AtMost.ShouldBe(2);
        guard.Refusal.Code.ShouldBe("pending_limit");
        guard.Query.People.ShouldBe([Asker.Id.ToString()]);
        guard.Query.Open.ShouldBe(true);
    }

    [Fact]
    public void All_accounts_of_one_human_count_together()
    {
        var policies = new PolicyBook([ReadPolicy], Groups, new People([new Human { Key = "ana", Identities = [Asker.Id, OnCall.Id] }]));

        AskAccess.Decide(null, Ask(), Facts(Asker) with { Policies = policies }).OrThrow().Guards.Single().Query.People
            .ShouldBe([Asker.Id.ToString(), OnCall.Id.ToString()]);
    }

    [Fact]
    public void The_digest_changes_with_everything_an_approver_says_yes_to()
    {
        var moved = Facts(Asker) with { Server = new ServerRecord { Id = PgProd.Id, Pin = Identity with { SystemIdentifier = "7300000000000000002" }, PinnedAt = At(0), LookedAt = Looked } };
        string[] digests =
        [
            Pending().Digest,
            Pending(reason: "checking INC-43").Digest,
            AskAccess.Decide(null, Ask(minutes: 31), Facts(Asker)).OrThrow().Next.Digest,
            AskAccess.Decide(null, Ask(), moved).OrThrow().Next.Digest,
            AskAccess.Decide(null, Ask(), Facts(Asker, At(0), ReadPolicy with { MaximumWindow = TimeSpan.FromHours(3) })).OrThrow().Next.Digest,
        ];

        digests.Distinct(StringComparer.Ordinal).Count().ShouldBe(digests.Length);
    }

    [Theory]
    [InlineData(AccessLevel.Read, false), InlineData(AccessLevel.Write, true), InlineData(AccessLevel.Ddl, true)]
    public void Production_write_and_ddl_ask_for_the_targets_name(AccessLevel level, bool expected) =>
        ReviewRequest.AsksForTargetName(Pending(level)).ShouldBe(expected);

    /// <summary>A yes or a withdrawal makes nobody wait.</summary>
    [Theory]
    [InlineData(RequestState.Approved)]
    [InlineData(RequestState.Withdrawn)]
    [InlineData(RequestState.Voided)]
    public void Only_a_denial_makes_the_next_request_wait(RequestState state)
    {
        var facts = Facts(Asker, At(3), ReadPolicy with { CoolDownAfterDenial = TimeSpan.FromMinutes(30) }) with { History = [Request(state)] };

        AskAccess.Decide(null, Ask(), facts).OrThrow().Next.State.ShouldBe(RequestState.Pending);
    }

    [Fact]
    public void Asking_twice_with_one_id_changes_nothing() =>
        AskAccess.Decide(Pending(), Ask(minutes: 60), Facts(Asker)).OrThrow().Events.ShouldBeEmpty();
}
