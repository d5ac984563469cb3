using DbChatOps.Access;
using DbChatOps.Targets;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>Every event of the slice, each with the state right after it: the whole vocabulary in one list.</summary>
internal static class AccessStory
{
    public static IReadOnlyList<(IAggregate Next, DomainEvent Change)> Steps { get; } = [.. Tell()];

    private static IEnumerable<(IAggregate Next, DomainEvent Change)> Tell()
    {
        var request = Pending();
        var active = Active();
        var extended = Extended();
        var still = Still(RevocationStage.Exposed, "standby db-2:5432 cannot be reached");
        var overdue = Record(Revoking(), still, At(22));
        return
        [
            .. Each(null, AskAccess.Decide(null, Ask(), Facts(Asker))),
            .. Each(null, AskAccess.Decide(null, Ask(target: "orders-staging"), Facts(Asker))),
            .. Each(request, EscalateRequest.Decide(request, new EscalateRequest(TheRequest), Facts(Principal.Bot, At(15)))),
            .. Each(request, ReviewRequest.Decide(request, Approve(request, comment: "fine"), Facts(Approver, At(1)))),
            .. Each(request, ReviewRequest.Decide(request, Deny(request), Facts(Approver, At(1)))),
            .. Each(request, WithdrawRequest.Decide(request, new WithdrawRequest(TheRequest), Facts(Asker, At(1)))),
            .. Each(request, LapseRequest.Decide(request, new LapseRequest(TheRequest), Facts(Principal.Bot, request.LapsesAt))),
            .. Each(Approved(), NoteGrantRefused.Decide(Approved(), new NoteGrantRefused(TheRequest, new Refusal("cap_reached", "Full.")), Facts(Principal.Bot, At(2)))),
            .. Each(Approved(), CutRequest.Decide(Approved(), new CutRequest(TheRequest, "left the company"), Facts(Business, At(2)))),
            .. Each(null, AskExtension.Decide(null, AskMore(), Facts(Asker, At(10)) with { Grant = active })),
            .. Each(Extension(), ReviewRequest.Decide(Extension(), Approve(Extension()), Facts(Approver, At(11)) with { Grant = active })),
            .. Each(null, OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(1)))),
            .. Each(Provisioning(), ConcludeProvisioning.Decide(Provisioning(), new ConcludeProvisioning(TheGrant, 20001, TimeSpan.Zero), Facts(Principal.Bot, At(1, 1)))),
            .. Each(Ready(), RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Facts(Asker, At(2)))),
            .. Each(Revealing(), ConcludeReveal.Decide(Revealing(), ReadBack(Revealing()), Facts(Principal.Bot, At(2, 1)))),
            .. Each(Revealing(), ConcludeReveal.Decide(Revealing(), ReadBack(Revealing()) with { Reading = new LoginReading { Presence = LoginPresence.NoLogin } }, Facts(Principal.Bot, At(2, 1)))),
            .. Each(active, ExtendGrant.Decide(active, new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30)), Facts(Principal.Bot, At(12)))),
            .. Each(extended, ConcludeExtension.Decide(extended, new ConcludeExtension(TheGrant, At(62)), Facts(Principal.Bot, At(12)))),
            .. Each(extended, NoteExtensionRefused.Decide(extended, TooLong(extended), Facts(Principal.Bot, At(12)))),
            .. Each(active, WarnHolder.Decide(active, new WarnHolder(TheGrant, EndWarning.First, At(32)), Facts(Principal.Bot, At(22)))),
            .. Each(active, RecordSessions.Decide(active, Seen("10.0.0.1"), Facts(Principal.Bot, At(4)))),
            .. Each(active, EndGrant.Decide(active, new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, At(32)))),
            .. Each(active, ReleaseGrant.Decide(active, new ReleaseGrant(TheGrant), Facts(Asker, At(20)))),
            .. Each(active, RevokeGrant.Decide(active, new RevokeGrant(TheGrant, "suspicious"), Facts(Approver, At(20)))),
            .. Each(Ready(), EndGrant.Decide(Ready(), new EndGrant(TheGrant, EndReason.Unclaimed), Facts(Principal.Bot, At(61)))),
            .. Each(Ready(), RecordFoundReveal.Decide(Ready(), Found(byCopy: true), Facts(Principal.Bot, At(21)))),
            .. Each(active, NoteServersEnd.Decide(active, new NoteServersEnd(active, At(25)), Facts(Principal.Bot, At(10)))),
            .. Each(Revoking(), RecordRevocation.Decide(Revoking(), still, Facts(Principal.Bot, At(22)))),
            .. Each(Revoking(), RecordRevocation.Decide(Revoking(), Waiting(At(80)), Facts(Principal.Bot, At(20, 1)))),
            .. Each(Revoking(), RecordRevocation.Decide(Revoking(), Gone(At(20, 2)), Facts(Principal.Bot, At(20, 2)))),
            .. Each(overdue, RecordRevocation.Decide(overdue, Gone(At(23)), Facts(Principal.Bot, At(23)))),
            .. Each(overdue, RecordRevocation.Decide(overdue, Stripped(4242), Facts(Principal.Bot, At(40)))),
            .. Each(Revoked(), NoteFoundAgain.Decide(Revoked(), FoundAgain(1, null), Facts(Principal.Bot, At(50)))),
        ];
    }

    private static Grant Record(Grant grant, RecordRevocation report, DateTimeOffset now) => RecordRevocation.Decide(grant, report, Facts(Principal.Bot, now)).OrThrow().Next;

    private static IEnumerable<(IAggregate Next, DomainEvent Change)> Each<T>(T? before, Result<Decision<T>> decision)
        where T : class, IAggregate<T>
    {
        foreach (var change in decision.OrThrow().Events)
        {
            before = T.Apply(before, change);
            yield return (before, change);
        }
    }
}
