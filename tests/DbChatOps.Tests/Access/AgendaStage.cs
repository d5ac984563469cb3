using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>
/// The agenda and a server, reduced to what time does: rows are worked when they are due, in their order, by the real verbs. The server makes
/// and ends logins at once; a hand-over may be left without a reading, as after a crash.
/// </summary>
internal sealed class AgendaStage(AccessPolicy policy)
{
    private readonly Dictionary<string, AgendaRow> _rows = new(StringComparer.Ordinal);
    private readonly List<DomainEvent> _ofGrant = [];
    private readonly List<DomainEvent> _ofRequest = [];
    private AccessRequest? _request;
    private bool _outcomeIsKnown = true;
    private int _extensions;

    public DateTimeOffset Now { get; private set; } = At(0);

    public AccessRequest Request => _request ?? throw new InvalidOperationException("Nothing was asked yet.");

    public Grant? Grant { get; private set; }

    public void Ask(TimeSpan window) => OnRequest(AskAccess.Decide(null, AccessGiven.Ask() with { Window = window }, Facts(Asker)));

    public void Approve() => OnRequest(ReviewRequest.Decide(Request, AccessGiven.Approve(Request), Facts(Approver)));

    public void Withdraw() => OnRequest(WithdrawRequest.Decide(Request, new WithdrawRequest(TheRequest), Facts(Asker)));

    public void Release() => OnGrant(ReleaseGrant.Decide(Grant, new ReleaseGrant(TheGrant), Facts(Asker)));

    public void Reveal(bool outcomeIsKnown)
    {
        _outcomeIsKnown = outcomeIsKnown;
        OnGrant(RequestReveal.Decide(Grant, new RequestReveal(TheGrant, "V1"), Facts(Asker)));
    }

    public void Extend(TimeSpan by) => OnGrant(ExtendGrant.Decide(Grant, new ExtendGrant(TheGrant, new RequestId(new Guid(++_extensions, 0, 0, new byte[8])), by), Facts(Principal.Bot)));

    /// <summary>Works what comes due on the way.</summary>
    public void AdvanceTo(DateTimeOffset time)
    {
        for (var worked = 0; _rows.Values.Where(row => row.Due <= time).OrderBy(row => row.Due).ThenBy(row => row.Priority).FirstOrDefault() is { } due; worked++)
        {
            worked.ShouldBeLessThan(500, "the agenda does not come to rest");
            Now = due.Due > Now ? due.Due : Now;
            _rows.Remove(due.Key);
            Work(due.Item);
        }

        Now = time;
    }

    public void Check()
    {
        AdvanceTo(Now);
        (Request.State == RequestState.Pending && Request.LapsesAt <= Now).ShouldBeFalse("it should have lapsed");
        if (Grant is not { } grant)
        {
            return;
        }

        (grant.State == GrantState.Active && grant.LatestPossibleEnd <= Now).ShouldBeFalse("the window is over");
        (grant.State is GrantState.Provisioning or GrantState.Ready && (grant.LatestPossibleEnd ?? grant.ClaimBy) <= Now).ShouldBeFalse("nobody claimed it");
        (grant.Index.Open && !Consequences.Owed(grant, Now).Any(row => _rows.ContainsKey(row.Key))).ShouldBeFalse("it is open and nothing will happen to it");
        LedgerJson.Write(Decision<Grant>.Of(null, _ofGrant).Next).ShouldBe(LedgerJson.Write(grant));
        LedgerJson.Write(Decision<AccessRequest>.Of(null, _ofRequest).Next).ShouldBe(LedgerJson.Write(Request));
    }

    private void Work(AgendaItem item)
    {
        switch (item)
        {
            case AgendaItem.Dispatch { Command: LapseRequest lapse }:
                OnRequest(LapseRequest.Decide(Request, lapse, Facts(Principal.Bot)));
                break;
            case AgendaItem.Dispatch { Command: EscalateRequest escalate }:
                OnRequest(EscalateRequest.Decide(Request, escalate, Facts(Principal.Bot)));
                break;
            case AgendaItem.Dispatch { Command: OpenGrant open }:
                OnGrant(OpenGrant.Decide(Grant, open, Facts(Principal.Bot)));
                break;
            case AgendaItem.Dispatch { Command: EndGrant end }:
                OnGrant(EndGrant.Decide(Grant, end, Facts(Principal.Bot)));
                break;
            case AgendaItem.Dispatch { Command: WarnHolder warn }:
                OnGrant(WarnHolder.Decide(Grant, warn, Facts(Principal.Bot)));
                break;
            case AgendaItem.HandOver when _outcomeIsKnown && Grant is { Revealing: not null } grant:
                OnGrant(ConcludeReveal.Decide(grant, ReadBack(grant), Facts(Principal.Bot)));
                break;
            case AgendaItem.Converge:
                Converge();
                break;
        }
    }

    private void Converge() => OnGrant(Grant switch
    {
        { State: GrantState.Provisioning } grant => ConcludeProvisioning.Decide(grant, new ConcludeProvisioning(TheGrant, 20001, TimeSpan.Zero), Facts(Principal.Bot)),
        { State: GrantState.Active, Expiry: { } expiry } grant => ConcludeExtension.Decide(grant, new ConcludeExtension(TheGrant, expiry), Facts(Principal.Bot)),
        var grant => RecordRevocation.Decide(grant, Gone(Now), Facts(Principal.Bot)),
    });

    private Facts Facts(Principal actor) => AccessGiven.Facts(actor, Now, policy) with { Request = _request };

    private void OnRequest(Result<Decision<AccessRequest>> result) => _request = Commit(_request, result, _ofRequest);

    private void OnGrant(Result<Decision<Grant>> result) => Grant = Commit(Grant, result, _ofGrant);

    private T? Commit<T>(T? before, Result<Decision<T>> result, List<DomainEvent> story)
        where T : class, IAggregate<T>
    {
        if (!result.TryGet(out var decision, out _))
        {
            return before;
        }

        story.AddRange(decision.Events);
        foreach (var row in decision.Events.SelectMany(change => Consequences.Of(decision.Next, change)))
        {
            _rows[row.Key] = row;
        }

        return decision.Next;
    }
}
