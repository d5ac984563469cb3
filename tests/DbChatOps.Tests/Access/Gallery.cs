using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Policies;
using DbChatOps.Targets;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>Every card and dialog of the slice in every state it has.</summary>
internal static class Gallery
{
    private static readonly PolicyBook Policies = Facts(Asker).Policies;

    public static IEnumerable<(string Name, Card Card)> Cards()
    {
        foreach (var state in Enum.GetValues<RequestState>())
        {
            yield return ($"request {state}, for approvers", RequestCards.ForApprovers(Request(state), null, Policies));
            yield return ($"request {state}, for its requester", RequestCards.ForRequester(Request(state), Policies));
        }

        yield return ("request with two seats", RequestCards.ForApprovers(Pending(AccessLevel.Write), null, Policies));
        yield return ("request granted", RequestCards.ForApprovers(Approved(), Active(), Policies));
        yield return ("request that could not be granted", RequestCards.ForApprovers(NotGranted(), null, Policies));
        yield return ("request approved by policy", RequestCards.ForRequester(Automatic(), Policies));
        yield return ("extension, for approvers", RequestCards.ForApprovers(Extension(), Active(), Policies));
        yield return ("extension, for its requester", RequestCards.ForRequester(Extension(), Policies));
        yield return ("extension approved and not applied, for approvers", RequestCards.ForApprovers(NotApplied(), Revoking(), Policies));
        yield return ("extension approved and not applied, for its requester", RequestCards.ForRequester(NotApplied(), Policies));
        yield return ("escalation", RequestCards.Escalation(Pending(), Policies));
        yield return ("escalation answered", RequestCards.Escalation(Approved(), Policies));
        yield return ("answered: denied", RequestCards.Answered(Request(RequestState.Denied)));
        yield return ("answered: lapsed", RequestCards.Answered(Request(RequestState.Lapsed)));
        yield return ("answered: taken back", RequestCards.Answered(Request(RequestState.Voided)));
        yield return ("answered: not applied", RequestCards.Answered(NotApplied()));
        yield return ("answered: not granted", RequestCards.Answered(NotGranted()));
        foreach (var state in Enum.GetValues<GrantState>())
        {
            yield return ($"grant {state}", GrantCards.ForHolder(Grant(state)));
        }

        yield return ("grant extended, server not yet told", GrantCards.ForHolder(Extended()));
        yield return ("grant, server says a later end", GrantCards.ForHolder(NoteServersEnd.Decide(Active(), new NoteServersEnd(Active(), At(500)), Facts(Principal.Bot, At(10))).OrThrow().Next));
        yield return ("grant, server says no end", GrantCards.ForHolder(NoteServersEnd.Decide(Active(), new NoteServersEnd(Active(), DateTimeOffset.MaxValue), Facts(Principal.Bot, At(10))).OrThrow().Next));
        yield return ("credentials not shown", GrantCards.NotShown(Active()));
        yield return ("ends earlier", GrantCards.Shortened(NoteServersEnd.Decide(Active(), new NoteServersEnd(Active(), At(25)), Facts(Principal.Bot, At(10))).OrThrow().Next));
        yield return ("grant revealed by a copy, taken over", GrantCards.ForHolder(RecordFoundReveal.Decide(Ready(), Found(byCopy: true), Facts(Principal.Bot, At(21))).OrThrow().Next));
        yield return ("grant revealed by a copy, taken over, for approvers", RequestCards.ForApprovers(Approved(), RecordFoundReveal.Decide(Ready(), Found(byCopy: true), Facts(Principal.Bot, At(21))).OrThrow().Next, Policies));
        yield return ("grant revealed by a copy, unclaimed here", GrantCards.ForHolder(RevealedAndUnclaimed()));
        yield return ("grant revealed by somebody else", GrantCards.ForHolder(RevealedElsewhere()));
        yield return ("ended: revealed by somebody else", GrantCards.Ended(RevealedElsewhere()));
        yield return ("grant made before", GrantCards.ForHolder(EndGrant.Decide(Provisioning(), new EndGrant(TheGrant, EndReason.MadeBefore, "The server has made a login of this name before."), Facts(Principal.Bot, At(3))).OrThrow().Next));
        yield return ("grant found again, being ended", GrantCards.ForHolder(NoteFoundAgain.Decide(Revoked(), FoundAgain(0, null), Facts(Principal.Bot, At(50))).OrThrow().Next));
        yield return ("grant never claimed and found again, revealed, gone", GrantCards.ForHolder(NoteFoundAgain.Decide(Revoked(Ready()), FoundAgain(1, Revoked().Proof! with { ProvenAt = At(51) }), Facts(Principal.Bot, At(51))).OrThrow().Next));
        yield return ("grant stripped", GrantCards.ForHolder(RecordRevocation.Decide(Revoking(), Stripped(4242), Facts(Principal.Bot, At(20, 30))).OrThrow().Next));
        yield return ("overdue, stripped", GrantCards.Overdue(RecordRevocation.Decide(Revoking(), Stripped([.. Enumerable.Range(4242, 7)]), Facts(Principal.Bot, At(22))).OrThrow().Next));
        yield return ("overdue, stripped, stops no longer", GrantCards.Overdue(RecordRevocation.Decide(Revoking(), Stripped(4242), Facts(Principal.Bot, At(31))).OrThrow().Next));
        yield return ("grant contained", GrantCards.ForHolder(Contained()));
        yield return ("grant waits for a delayed standby, ended early", GrantCards.ForHolder(Record(Revoking(), Waiting(At(80)))));
        yield return ("grant waits for a delayed standby, window over", GrantCards.ForHolder(Record(Expired(), Waiting(At(95)))));
        yield return ("grant waits for a delayed standby, never claimed", GrantCards.ForHolder(Record(Unclaimed(), Waiting(At(125)))));
        yield return ("overdue, waits for a delayed standby", GrantCards.Overdue(Record(Overdue(), Waiting(At(82)))));
        yield return ("grant revoked, used, not all checked", GrantCards.ForHolder(Used()));
        yield return ("grant never claimed", GrantCards.ForHolder(Revoked(Ready())));
        yield return ("grant revoked, never used", GrantCards.ForHolder(NeverUsed()));
        yield return ("grant revoked, no session seen, not always watched", GrantCards.ForHolder(NeverUsed(Away)));
        yield return ("grant revoked, used, not always watched", GrantCards.ForHolder(Used(Away)));
        yield return ("grant revoked, used between two looks", GrantCards.ForHolder(Revoked()));
        yield return ("ends soon, nobody could look", GrantCards.EndsSoon(Active(), At(22), null));
        yield return ("ends soon, no session", GrantCards.EndsSoon(Active(), At(22), new OpenSessions(0, null, [])));
        yield return ("ends soon, one session", GrantCards.EndsSoon(Active(), At(22), new OpenSessions(1, At(3), [])));
        yield return ("ends soon, sessions, one node silent", GrantCards.EndsSoon(Active(), At(22), new OpenSessions(2, At(3), ["db-2:5432"])));
        yield return ("grant no longer allowed when it was claimed", GrantCards.ForHolder(NoLongerAllowed()));
        yield return ("ended by somebody", GrantCards.Ended(Cut()));
        yield return ("over", GrantCards.Over(Revoked()));
        yield return ("extended", GrantCards.Extended(Active()));
        yield return ("overdue", GrantCards.Overdue(Overdue()));
        yield return ("overdue, over", GrantCards.Overdue(RecordRevocation.Decide(Overdue(), Gone(At(30)), Facts(Principal.Bot, At(30))).OrThrow().Next));
        yield return ("reply: asked", AccessReplies.Asked(Pending()));
        yield return ("reply: asked, the reason cut", Reasons.Noted(AccessReplies.Asked(Pending()), new string('x', Reasons.Longest + 1)));
        yield return ("reply: asked and approved by policy", AccessReplies.Asked(Automatic()));
        yield return ("reply: dry run", AccessReplies.DryRun(AskAccess.Prepare(Ask(AccessLevel.Write), Facts(Asker)).OrThrow()));
        yield return ("reply: what a typed approval would approve", AccessReplies.WouldApprove(AccessDialogs.Shown(Pending(AccessLevel.Write), new ReviewBackground { Earlier = [Request(RequestState.Denied)] }), Pending(AccessLevel.Write)));
        yield return ("reply: reviewed, open", AccessReplies.Reviewed(Pending()));
        yield return ("reply: reviewed, approved", AccessReplies.Reviewed(Approved()));
        yield return ("reply: reviewed, denied", AccessReplies.Reviewed(Request(RequestState.Denied)));
        yield return ("reply: withdrawn", AccessReplies.Withdrawn(Request(RequestState.Withdrawn)));
        yield return ("reply: extension asked", AccessReplies.ExtensionAsked(Extension()));
        yield return ("reply: ending", AccessReplies.Ending(Revoking()));
        yield return ("reply: had already ended", AccessReplies.Ending(Revoked()));
        yield return ("reply: who", AccessReplies.Who(Active()));
        yield return ("reply: who, in use", AccessReplies.Who(RecordSessions.Decide(Active(), Seen("10.0.0.1"), Facts(Principal.Bot, At(4))).OrThrow().Next));
        yield return ("reply: who, over", AccessReplies.Who(Used()));
    }

    /// <summary>Cards that are about no target, or about many.</summary>
    public static IEnumerable<(string Name, Card Card)> CardsWithoutTarget()
    {
        yield return ("reply: refused", AccessReplies.Refused(GrantRules.Unknown));
        yield return ("reply: cut off", AccessReplies.CutOff(Asker.Id, [Request(RequestState.Denied), Request(RequestState.Voided)], [Cut()], [GrantRules.Unknown]));
        yield return ("reply: cut off, nothing to end", AccessReplies.CutOff(Asker.Id, [], [], []));
        yield return ("reply: targets", AccessReplies.Targets([(OrdersProd, [(AccessLevel.Read, ReadPolicy), (AccessLevel.Write, WritePolicy)])]));
        yield return ("reply: no targets", AccessReplies.Targets([]));
        yield return ("reply: no target of that word", AccessReplies.Targets([], "zzz"));
        yield return ("reply: targets of a word", AccessReplies.Targets([(OrdersProd, [(AccessLevel.Read, ReadPolicy)])], "orders"));
        yield return ("reply: requests", AccessReplies.Requests([Pending()], [Pending(AccessLevel.Write)]));
        yield return ("reply: no requests", AccessReplies.Requests([], []));
        yield return ("reply: grants", AccessReplies.Grants([Active()], everybody: false));
        yield return ("reply: everybody's grants", AccessReplies.Grants([Active(), Revoking()], everybody: true));
        yield return ("reply: no grants", AccessReplies.Grants([], everybody: false));
        yield return ("reply: who am I", AccessReplies.WhoAmI(Asker, ["developers"], 2));
        yield return ("digest of a day", DayDigest.Of(
            new DateOnly(2026, 11, 22),
            [Pending(), Approved(), Extension(), Request(RequestState.Denied) with { Id = TheExtension }],
            [Active(), Revoked(Ready())],
            new Dictionary<RequestId, AccessRequest> { [TheRequest] = Approved() }));
        yield return ("help", AccessHelp.List(null, Abilities.Every));
        yield return ("help: access", AccessHelp.List("access", Abilities.Every));
        yield return ("help: nothing to do here", AccessHelp.List(null, Abilities.Every with { Ask = false, Own = false, Review = false, EndOthers = false, CutOff = false }));
        yield return ("help: directory silent", AccessHelp.List(null, Abilities.Unknown));
        yield return ("reply: usage", AccessReplies.Refused(AccessHelp.Usage("revoke")));
    }

    public static IEnumerable<(string Name, Dialog Dialog)> Dialogs()
    {
        yield return ("approve", AccessDialogs.Approve(Pending(AccessLevel.Write), new ReviewBackground { Earlier = [Request(RequestState.Denied)], AlsoReaches = [.. Enumerable.Range(1, 7).Select(number => $"billing.table_{number}")], Returned = Approved() with { Requester = Approver }, Owed = [Overdue()] }));
        yield return ("approve an extension", AccessDialogs.Approve(Extension(), new ReviewBackground { AlsoReaches = null }));
        yield return ("deny", AccessDialogs.Deny(Pending()));
        yield return ("extend", AccessDialogs.Extend(Active()));
        yield return ("access alone", AccessDialogs.Ask([AccessLevel.Read, AccessLevel.Write]));
        foreach (var command in new[] { "approve", "deny", "extend", "revoke", "who" })
        {
            yield return ($"{command} alone", PickDialogs.For(command));
        }

        yield return ("again", AccessDialogs.Again(Request(RequestState.Denied)));
        yield return ("credentials", AccessDialogs.Credentials(Active(), OrdersProd, new Secret("the password"), At(32)));
        yield return ("blank", AccessDialogs.Blank());
        yield return ("loading", AccessDialogs.Loading("Credentials"));
        yield return ("refused", AccessDialogs.Refused("Credentials", GrantRules.Unknown));
    }

    public static IEnumerable<(string Name, Home Home)> Homes()
    {
        yield return ("nothing", AccessHome.Of(Sight()));
        yield return ("everything", AccessHome.Of(Sight() with
        {
            Held = [.. Enum.GetValues<GrantState>().Where(state => state != GrantState.Revoked).Select(Grant), Extended(), Contained()],
            Waiting = [Pending(), Pending(AccessLevel.Write), Extension()],
            Asked = [Pending(AccessLevel.Ddl)],
            Offers = [(OrdersProd, [(AccessLevel.Read, ReadPolicy), (AccessLevel.Write, WritePolicy)])],
        }));
        yield return ("refused", AccessHome.Refused(GrantRules.Unknown));
    }

    /// <summary>Pages with as much as can be on them, in which every text that somebody outside can choose is this one.</summary>
    public static IReadOnlyList<Home> HomesSaying(string text) =>
    [
        AccessHome.Of(Sight() with { Held = [Held(text), Ended(text)], Waiting = [Asked(text)], Asked = [Asked(text)] }),
        AccessHome.Of(Sight() with
        {
            Held = [.. Enumerable.Repeat(Held(text), 40)],
            Waiting = [.. Enumerable.Repeat(Asked(text), 300)],
            Asked = [.. Enumerable.Repeat(Asked(text), 40)],
            Offers = [.. Enumerable.Range(1, 500).Select(number => (OrdersProd with { Id = new TargetId($"target-{number}") }, (IReadOnlyList<(AccessLevel, AccessPolicy)>)[(AccessLevel.Read, ReadPolicy)]))],
        }),
        AccessHome.Refused(ReviewRequest.AlreadyDecided(Denied(text))),
    ];

    private static HomeSight Sight() => new() { Held = [], Waiting = [], Asked = [], Offers = [], Policies = Policies };

    /// <summary>Cards in which every text that somebody outside can choose is this one.</summary>
    public static IReadOnlyList<Card> CardsSaying(string text)
    {
        var (request, denied, grant, ending) = (Asked(text), Denied(text), Held(text), Ended(text));
        var revoked = RecordRevocation.Decide(ending, Gone(At(6), text), Facts(Principal.Bot, At(6))).OrThrow().Next;
        return
        [
            RequestCards.ForApprovers(request, null, Policies), RequestCards.ForApprovers(denied, null, Policies), RequestCards.ForRequester(denied, Policies),
            RequestCards.Escalation(request, Policies), RequestCards.Answered(denied), RequestCards.ForApprovers(request with { State = RequestState.Approved, Outcome = text }, null, Policies),
            GrantCards.ForHolder(grant), GrantCards.ForHolder(ending), GrantCards.ForHolder(revoked), GrantCards.Ended(ending), GrantCards.Over(revoked), GrantCards.Extended(grant), GrantCards.Overdue(ending), GrantCards.ManyAddresses(grant),
            AccessReplies.Asked(request), AccessReplies.Who(grant), AccessReplies.Refused(ReviewRequest.AlreadyDecided(denied)), AccessReplies.WhoAmI(Asker with { Name = text }, [text], 1),
            DayDigest.Of(new DateOnly(2026, 11, 22), [.. Enumerable.Repeat(denied, 30)], [.. Enumerable.Repeat(grant, 600), ending], new Dictionary<RequestId, AccessRequest> { [grant.Request] = request }),
            AccessReplies.Requests([request], [request]), AccessReplies.Grants([grant, ending], everybody: true), AccessReplies.CutOff(Asker.Id, [denied], [ending], [ReviewRequest.AlreadyDecided(denied)]),
        ];
    }

    /// <summary>The same for dialogs.</summary>
    public static IReadOnlyList<Dialog> DialogsSaying(string text) =>
    [
        AccessDialogs.Approve(Asked(text), new ReviewBackground { Earlier = [Denied(text)], AlsoReaches = [text], Returned = Denied(text), Owed = [Held(text)] }), AccessDialogs.Deny(Asked(text)), AccessDialogs.Again(Asked(text)), AccessDialogs.Extend(Held(text)),
        AccessDialogs.Refused("x", ReviewRequest.AlreadyDecided(Denied(text))), AccessDialogs.Answer(AccessReplies.Refused(ReviewRequest.AlreadyDecided(Denied(text)))),
        AccessDialogs.Credentials(Held(text), OrdersProd with { Database = text, Connect = OrdersProd.Connect with { CaFile = text } }, new Secret("the password"), At(32)),
    ];

    public static Grant Held(string text) => Active() with
    {
        Reason = text,
        Holder = Asker with { Name = text },
        Approvers = [Approver with { Name = text }],
        Receipt = new Receipt { FirstSeen = At(3), ClientAddresses = [text] },
    };

    public static Grant Ended(string text) => Held(text) with
    {
        State = GrantState.Revoking,
        Ending = new Ending { Reason = EndReason.Revoked, By = Approver.Id, DecidedAt = At(5), DueAt = At(5), Detail = text, Blockers = [text] },
    };

    public static AccessRequest Asked(string text) => Pending() with { Requester = Asker with { Name = text }, Reason = text, Ticket = text };

    private static AccessRequest Denied(string text) => Asked(text) with
    {
        State = RequestState.Denied,
        Outcome = text,
        DecidedAt = At(1),
        Reviews = [new Review { Reviewer = Approver with { Name = text }, Verdict = Verdict.Deny, At = At(1), Comment = text }],
    };

    public static AccessRequest NotGranted() =>
        NoteGrantRefused.Decide(Approved(), new NoteGrantRefused(TheRequest, new Refusal("cap_reached", "Full.")), Facts(Principal.Bot, At(2))).OrThrow().Next;

    private static AccessRequest NotApplied()
    {
        var approved = ReviewRequest.Decide(Extension(), Approve(Extension()), Facts(Approver, At(11)) with { Grant = Active() }).OrThrow().Next;
        var refusal = new Refusal("ended", "It had ended before it could be extended.");
        return NoteGrantRefused.Decide(approved, new NoteGrantRefused(TheExtension, refusal), Facts(Principal.Bot, At(21))).OrThrow().Next;
    }

    private static Grant NoLongerAllowed() =>
        RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Facts(Asker, At(2), WritePolicy)).OrThrow().Next;

    private static AccessRequest Automatic() => AskAccess.Decide(null, Ask(target: "orders-staging"), Facts(Asker)).OrThrow().Next;

    private static Grant Extended() => ExtendGrant.Decide(Active(), new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30)), Facts(Principal.Bot, At(12))).OrThrow().Next;

    private static Grant Contained() =>
        RecordRevocation.Decide(Revoking(), Still(RevocationStage.Contained, "a prepared transaction holds the role"), Facts(Principal.Bot, At(20, 3))).OrThrow().Next;

    private static Grant Expired() => EndGrant.Decide(Active(), new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, At(32))).OrThrow().Next;

    private static Grant Unclaimed() => EndGrant.Decide(Ready(), new EndGrant(TheGrant, EndReason.Unclaimed), Facts(Principal.Bot, At(61))).OrThrow().Next;

    private static Grant Record(Grant grant, RecordRevocation report) => RecordRevocation.Decide(grant, report, Facts(Principal.Bot, grant.Ending!.DueAt.AddMinutes(2))).OrThrow().Next;

    private static Watched Away => new(At(18), Gaps.Of(
        [new Gap("the bot was not running", At(5), At(7)), .. Enumerable.Range(8, 6).Select(minute => new Gap("db-2:5432 did not answer", At(minute), At(minute, 40)))]));

    private static Grant NeverUsed(Watched? watched = null)
    {
        var gone = Gone(At(20, 2));
        return RecordRevocation.Decide(
            Revoking(), gone with { Report = gone.Report with { SessionsEnded = 0 }, Watched = watched is null ? null : watched with { LastSeen = null } }, Facts(Principal.Bot, At(20, 2))).OrThrow().Next;
    }

    private static Grant Used(Watched? watched = null)
    {
        var used = RecordSessions.Decide(Active(), Seen("10.0.0.1"), Facts(Principal.Bot, At(4))).OrThrow().Next;
        return RecordRevocation.Decide(Revoking(used), Gone(At(20, 2), "residue not checked") with { Watched = watched }, Facts(Principal.Bot, At(20, 2))).OrThrow().Next;
    }

    private static Grant Cut() => RevokeGrant.Decide(Active(), new RevokeGrant(TheGrant, "suspicious"), Facts(Approver, At(20))).OrThrow().Next;

    private static Grant RevealedElsewhere() => RecordFoundReveal.Decide(Ready(), Found(byCopy: false), Facts(Principal.Bot, At(21))).OrThrow().Next;

    private static Grant RevealedAndUnclaimed()
    {
        var unclaimed = EndGrant.Decide(Ready(), new EndGrant(TheGrant, EndReason.Unclaimed), Facts(Principal.Bot, At(61))).OrThrow().Next;
        return RecordRevocation.Decide(RecordFoundReveal.Decide(unclaimed, Found(byCopy: true), Facts(Principal.Bot, At(61))).OrThrow().Next, Gone(At(62)), Facts(Principal.Bot, At(62))).OrThrow().Next;
    }

    private static Grant Overdue() =>
        RecordRevocation.Decide(Revoking(), Still(RevocationStage.Exposed, "standby db-2:5432 cannot be reached"), Facts(Principal.Bot, At(22))).OrThrow().Next;
}
