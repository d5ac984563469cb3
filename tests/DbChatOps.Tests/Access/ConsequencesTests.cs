using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

public sealed class ConsequencesTests
{
    private static readonly string ForApprovers = $"show:request:{TheRequest} in chat:C0APPROVALS";
    private static readonly string Asked = $"show:asked:{TheRequest} in chat:U1";
    private static readonly string Holder = $"show:grant:{TheGrant} in chat:U1";

    /// <summary>Event → rows, each as "key in lane" with its priority where it is not the last, and its due time where it is not at once.</summary>
    private static readonly Dictionary<Type, string[]> Table = new()
    {
        [typeof(RequestAsked)] =
        [
            ForApprovers, Asked,
            $"lapse:request:{TheRequest} in dispatch at 16:00:00",
            $"escalate:request:{TheRequest} in dispatch at 12:15:00",
        ],
        [typeof(RequestReviewed)] = [ForApprovers, Asked],
        [typeof(RequestApproved)] = [ForApprovers, Asked, $"open:grant:{TheGrant} in dispatch, Provision"],
        [typeof(RequestDenied)] = [ForApprovers, Asked, $"tell:answered:request:{TheRequest} in chat:U1"],
        [typeof(RequestWithdrawn)] = [ForApprovers, Asked],
        [typeof(RequestLapsed)] = [ForApprovers, Asked, $"tell:answered:request:{TheRequest} in chat:U1"],
        [typeof(RequestVoided)] = [ForApprovers, Asked, $"tell:answered:request:{TheRequest} in chat:U1"],
        [typeof(RequestEscalated)] = [ForApprovers, Asked, $"show:escalation:{TheRequest} in chat:C0APPROVALS"],
        [typeof(GrantRefused)] = [ForApprovers, Asked, $"tell:answered:request:{TheRequest} in chat:U1"],
        [typeof(GrantOpened)] = [Holder, $"converge:{TheGrant} in engine:pg-prod, Provision", $"unclaimed:grant:{TheGrant} in dispatch:end:pg-prod, Revoke at 13:01:00"],
        [typeof(GrantProvisioned)] = [Holder, ForApprovers],
        [typeof(RevealRequested)] = [$"handover:{TheGrant} in handover:{TheGrant}, Reveal", $"expire:grant:{TheGrant} in dispatch:end:pg-prod, Revoke at 12:32:00"],
        [typeof(GrantRevealed)] =
        [
            Holder, ForApprovers,
            $"expire:grant:{TheGrant} in dispatch:end:pg-prod, Revoke at 12:32:00",
            $"warn-First:grant:{TheGrant} in dispatch at 12:22:00",
            $"warn-Last:grant:{TheGrant} in dispatch at 12:30:00",
            $"show:blank:V1 in handover:{TheGrant} at 12:03:01",
        ],
        [typeof(RevealFailed)] = [Holder, $"unclaimed:grant:{TheGrant} in dispatch:end:pg-prod, Revoke at 13:01:00"],
        [typeof(GrantExtended)] =
        [
            Holder, ForApprovers,
            $"tell:extended@{At(62).ToUnixTimeSeconds()}:grant:{TheGrant} in chat:U1",
            $"expire:grant:{TheGrant} in dispatch:end:pg-prod, Revoke at 13:02:00",
            $"warn-First:grant:{TheGrant} in dispatch at 12:52:00",
            $"warn-Last:grant:{TheGrant} in dispatch at 13:00:00",
            $"converge:{TheGrant} in engine:pg-prod, Provision",
        ],
        [typeof(ExtensionApplied)] = [Holder],
        [typeof(ExtensionRefused)] =
        [
            Holder, ForApprovers,
            $"expire:grant:{TheGrant} in dispatch:end:pg-prod, Revoke at 12:32:00",
            $"warn-First:grant:{TheGrant} in dispatch at 12:22:00",
            $"warn-Last:grant:{TheGrant} in dispatch at 12:30:00",
            $"not-applied:request:{TheExtension} in dispatch",
        ],
        [typeof(RevealFound)] =
        [
            Holder, ForApprovers,
            $"expire:grant:{TheGrant} in dispatch:end:pg-prod, Revoke at 12:35:00",
            $"warn-First:grant:{TheGrant} in dispatch at 12:25:00",
            $"warn-Last:grant:{TheGrant} in dispatch at 12:33:00",
        ],
        [typeof(GrantShortened)] =
        [
            Holder, ForApprovers,
            $"tell:shortened@{At(25).ToUnixTimeSeconds()}:grant:{TheGrant} in chat:U1",
            $"expire:grant:{TheGrant} in dispatch:end:pg-prod, Revoke at 12:25:00",
            $"warn-First:grant:{TheGrant} in dispatch at 12:15:00",
            $"warn-Last:grant:{TheGrant} in dispatch at 12:23:00",
        ],
        [typeof(StoppedNoLonger)] = [Holder, ForApprovers, $"show:overdue:{TheGrant} in chat:C0APPROVALS"],
        [typeof(GrantFoundAgain)] = [Holder, ForApprovers],
        [typeof(HolderWarned)] = [Holder, $"tell:ends-First@{At(32).ToUnixTimeSeconds()}:grant:{TheGrant} in chat:U1"],
        [typeof(SessionsSeen)] = [Holder],
        [typeof(GrantEnding)] = [Holder, ForApprovers, $"converge:{TheGrant} in engine:pg-prod, Revoke", $"show:blank:V1 in handover:{TheGrant}"],
        [typeof(RevocationProgressed)] = [Holder, ForApprovers],
        [typeof(GrantOverdue)] = [Holder, ForApprovers, $"show:overdue:{TheGrant} in chat:C0APPROVALS", $"show:alert-overdue:{TheGrant} in alert:webhook"],
        [typeof(GrantRevoked)] = [Holder, ForApprovers, $"tell:over:grant:{TheGrant} in chat:U1"],
    };

    public static TheoryData<string> Kinds => [.. EventKinds.All.Values.Where(type => type.IsSubclassOf(typeof(RequestEvent)) || type.IsSubclassOf(typeof(GrantEvent))).Select(type => type.Name)];

    [Theory, MemberData(nameof(Kinds))]
    public void What_follows_from_each_event(string name)
    {
        var (next, change) = AccessStory.Steps.First(step => step.Change.GetType().Name == name);

        Consequences.Of(next, change).Where(row => row.Lane is not (Lanes.Homes or Lanes.Digests)).Select(row => Written(row, change.At)).ShouldBe(Table[change.GetType()], ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Pages_are_drawn_again_after_everything_that_they_show(string name)
    {
        var (next, change) = AccessStory.Steps.First(step => step.Change.GetType().Name == name);

        Consequences.Of(next, change).Count(row => row == Rows.ShowHomes(change.At)).ShouldBe(change is RevealRequested or SessionsSeen ? 0 : 1);
    }

    [Fact]
    public void The_digest_of_the_day_on_which_it_began_follows_within_a_minute()
    {
        foreach (var (next, change) in AccessStory.Steps.Where(step => step.Change is RequestEvent or GrantEvent and not (RevealRequested or SessionsSeen)))
        {
            var late = change with { At = change.At.AddDays(3) };
            var row = Consequences.Of(next, late).Where(row => row.Lane == Lanes.Digests).ShouldHaveSingleItem();

            row.Key.ShouldBe("show:day:2026-11-22");
            (row.Due - late.At).ShouldBeInRange(TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
            row.Due.Second.ShouldBe(0);
        }
    }

    [Fact]
    public void An_approved_extension_is_spent_on_its_grant()
    {
        var (next, change) = AccessStory.Steps.Last(step => step.Change is RequestApproved);

        Consequences.Of(next, change).Select(row => row.Item).OfType<AgendaItem.Dispatch>().ShouldHaveSingleItem().Command
            .ShouldBe(new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30)));
    }

    [Fact]
    public void Who_did_not_end_it_themselves_is_told()
    {
        var told = AccessStory.Steps.Where(step => step.Change is GrantEnding && Keys(step).Any(key => key.StartsWith("tell:ended", StringComparison.Ordinal)))
            .Select(step => ((GrantEnding)step.Change).Reason);

        told.ShouldBe([EndReason.Revoked, EndReason.Unclaimed], ignoreOrder: true);
    }

    [Fact]
    public void A_page_is_taken_back_when_the_access_is_gone() =>
        Keys(AccessStory.Steps.Last(step => step.Change is GrantRevoked)).ShouldBe(
            [$"show:grant:{TheGrant}", $"show:request:{TheRequest}", $"show:overdue:{TheGrant}", $"show:alert-overdue:{TheGrant}", $"tell:over:grant:{TheGrant}"], ignoreOrder: true);

    [Fact]
    public void The_call_for_help_falls_silent_when_somebody_has_answered()
    {
        var escalated = (AccessRequest)AccessStory.Steps.First(step => step.Change is RequestEscalated).Next;
        var decision = ReviewRequest.Decide(escalated, Approve(escalated), Facts(Approver, At(16))).OrThrow();

        Consequences.Of(decision.Next, decision.Events[^1]).Select(row => row.Key).ShouldContain($"show:escalation:{TheRequest}");
    }

    [Fact]
    public void Everything_open_owes_a_row_by_the_time_it_is_due()
    {
        IReadOnlyList<IAggregate> open =
        [
            .. Enum.GetValues<RequestState>().Select(AccessGiven.Request), .. Enum.GetValues<GrantState>().Select(Grant),
            Revealing(), Revealing(Active(), At(10)), .. AccessStory.Steps.Select(step => step.Next),
        ];

        foreach (var state in open)
        {
            var owed = Consequences.Owed(state, At(30)).ToList();
            (owed.Count > 0).ShouldBe(state.Index.Open, $"{state.Subject} in {state.Index.State}");
            if (state.Index.Due is { } due && state is not Grant { State: GrantState.Provisioning or GrantState.Revoking })
            {
                owed.Min(row => row.Due).ShouldBeLessThanOrEqualTo(due);
            }
        }
    }

    [Fact]
    public void Ending_goes_first() => Consequences.Owed(Revoking(), At(30)).First().Priority.ShouldBe(AgendaPriority.Revoke);

    private static IEnumerable<string> Keys((IAggregate Next, DomainEvent Change) step) => Consequences.Of(step.Next, step.Change).Where(row => row.Lane is not (Lanes.Homes or Lanes.Digests)).Select(row => row.Key);

    private static string Written(AgendaRow row, DateTimeOffset now) =>
        $"{row.Key} in {row.Lane}{(row.Priority == AgendaPriority.Rest ? "" : $", {row.Priority}")}{(row.Due == now ? "" : $" at {row.Due:HH:mm:ss}")}";
}
