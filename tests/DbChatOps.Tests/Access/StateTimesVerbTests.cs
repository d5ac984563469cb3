using DbChatOps.Access;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>
/// Every verb in every state: the state it leads to, "=" where nothing changes, or the code of its refusal. Made from the enums and the
/// table of verbs, so that a new state or verb without an entry fails.
/// </summary>
public sealed class StateTimesVerbTests
{
    private static readonly Dictionary<Type, (Command Command, Principal By, string[] Expected)> OfRequests = new()
    {
        [typeof(AskAccess)] = (Ask(), Asker, ["=", "=", "=", "=", "=", "="]),
        [typeof(AskExtension)] = (AskMore(), Asker, ["=", "=", "=", "=", "=", "="]),
        [typeof(ReviewRequest)] = (Approve(Pending()), Approver, ["Approved", "already_decided", "already_decided", "already_decided", "already_decided", "already_decided"]),
        [typeof(WithdrawRequest)] = (new WithdrawRequest(TheRequest), Asker, ["Withdrawn", "already_decided", "already_decided", "=", "already_decided", "already_decided"]),
        [typeof(CutRequest)] = (new CutRequest(TheRequest, "left"), Principal.Operator(PersonId.Operator("root")), ["Denied", "Voided", "=", "=", "=", "="]),
        [typeof(LapseRequest)] = (new LapseRequest(TheRequest), Principal.Bot, ["=", "=", "=", "=", "=", "="]),
        [typeof(EscalateRequest)] = (new EscalateRequest(TheRequest), Principal.Bot, ["Pending", "=", "=", "=", "=", "="]),
        [typeof(NoteGrantRefused)] = (new NoteGrantRefused(TheRequest, new Refusal("cap_reached", "Full.")), Principal.Bot, ["=", "Approved", "=", "=", "=", "="]),
    };

    private static readonly Dictionary<Type, (Command Command, Principal By, string[] Expected)> OfGrants = new()
    {
        [typeof(OpenGrant)] = (OpenGrant.For(Approved()), Principal.Bot, ["=", "=", "=", "=", "="]),
        [typeof(ConcludeProvisioning)] = (new ConcludeProvisioning(TheGrant, 20001, TimeSpan.Zero), Principal.Bot, ["Ready", "=", "=", "=", "="]),
        [typeof(RequestReveal)] = (new RequestReveal(TheGrant, "V1"), Asker, ["not_ready", "Ready", "Active", "ended", "ended"]),
        [typeof(ConcludeReveal)] = (ReadBack(Revealing()), Principal.Bot, ["=", "=", "=", "=", "="]),
        [typeof(ExtendGrant)] = (new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30)), Principal.Bot, ["not_active", "not_active", "Active", "ended", "ended"]),
        [typeof(ConcludeExtension)] = (new ConcludeExtension(TheGrant, At(62)), Principal.Bot, ["=", "=", "Active", "=", "="]),
        [typeof(NoteExtensionRefused)] = (TooLong(Extended()), Principal.Bot, ["=", "=", "=", "=", "="]),
        [typeof(WarnHolder)] = (new WarnHolder(TheGrant, EndWarning.First, Active().Expiry!.Value), Principal.Bot, ["=", "=", "Active", "=", "="]),
        [typeof(EndGrant)] = (new EndGrant(TheGrant, EndReason.Failed), Principal.Bot, ["Revoking", "Revoking", "Revoking", "=", "="]),
        [typeof(ReleaseGrant)] = (new ReleaseGrant(TheGrant), Asker, ["Revoking", "Revoking", "Revoking", "=", "="]),
        [typeof(RevokeGrant)] = (new RevokeGrant(TheGrant, "suspicious"), Principal.Operator(PersonId.Operator("root")), ["Revoking", "Revoking", "Revoking", "=", "="]),
        [typeof(RecordRevocation)] = (Gone(At(21)), Principal.Bot, ["=", "=", "=", "Revoked", "="]),
        [typeof(RecordFoundReveal)] = (Found(byCopy: true), Principal.Bot, ["Active", "Active", "Active", "Revoking", "="]),
        [typeof(NoteServersEnd)] = (new NoteServersEnd(Active(), At(25)), Principal.Bot, ["=", "=", "Active", "=", "="]),
        [typeof(NoteFoundAgain)] = (FoundAgain(1, null), Principal.Bot, ["=", "=", "=", "=", "Revoked"]),
        [typeof(RecordSessions)] = (Seen("10.0.0.1"), Principal.Bot, ["Provisioning", "Ready", "Active", "Revoking", "="]),
    };

    public static TheoryData<string, RequestState> RequestPairs => Pairs<AccessRequest, RequestState>();

    public static TheoryData<string, GrantState> GrantPairs => Pairs<Grant, GrantState>();

    [Theory, MemberData(nameof(RequestPairs))]
    public void A_request_in_each_state_answers_each_verb(string verb, RequestState state)
    {
        var (command, by, expected) = OfRequests.Single(pair => pair.Key.Name == verb).Value;

        Decide<AccessRequest>(Request(state), command, Facts(by, At(21))).ShouldBe(expected[(int)state]);
    }

    [Theory, MemberData(nameof(GrantPairs))]
    public void A_grant_in_each_state_answers_each_verb(string verb, GrantState state)
    {
        var (command, by, expected) = OfGrants.Single(pair => pair.Key.Name == verb).Value;

        Decide<Grant>(Grant(state), command, Facts(by, At(21))).ShouldBe(expected[(int)state]);
    }

    [Fact]
    public void A_lapse_at_its_time_closes_what_waits_and_nothing_else()
    {
        foreach (var state in Enum.GetValues<RequestState>())
        {
            var lapsed = Decide<AccessRequest>(Request(state), new LapseRequest(TheRequest), Facts(Principal.Bot, Pending().LapsesAt));
            lapsed.ShouldBe(state == RequestState.Pending ? "Lapsed" : "=");
        }
    }

    [Theory]
    [InlineData(GrantState.Ready, "Active"), InlineData(GrantState.Active, "Active"), InlineData(GrantState.Revoking, "Revoking"), InlineData(GrantState.Revoked, "=")]
    public void A_reveal_that_is_read_back_in_each_state(GrantState state, string expected)
    {
        var revealing = state switch
        {
            GrantState.Ready => Revealing(),
            GrantState.Active => Revealing(Active(), At(10)),
            GrantState.Revoking => Revoking(Revealing()),
            _ => Revoked(Revealing()),
        };

        Decide<Grant>(revealing, ReadBack(Revealing()) with { Generation = revealing.Generation, Reading = ReadBack(revealing).Reading }, Facts(Principal.Bot, At(21))).ShouldBe(expected);
    }

    [Theory]
    [InlineData(GrantState.Provisioning, "Revoking"), InlineData(GrantState.Ready, "Revoking"), InlineData(GrantState.Active, "Revoking")]
    [InlineData(GrantState.Revoking, "Revoking"), InlineData(GrantState.Revoked, "=")]
    public void A_password_that_somebody_else_set_in_each_state(GrantState state, string expected) =>
        Decide<Grant>(Grant(state), Found(byCopy: false), Facts(Principal.Bot, At(21))).ShouldBe(expected);

    [Fact]
    public void Every_move_of_the_tables_is_made_by_some_verb()
    {
        var moves = Enum.GetValues<RequestState>().SelectMany(state => OfRequests.Values.Select(row => (From: state.ToString(), To: row.Expected[(int)state])))
            .Append((From: "Pending", To: "Lapsed")).Append((From: "Pending", To: "Denied")).ToHashSet();
        RequestLifecycle.Table.Moves.ShouldAllBe(move => moves.Contains(ValueTuple.Create(move.From.ToString(), move.To.ToString())));

        moves = Enum.GetValues<GrantState>().SelectMany(state => OfGrants.Values.Select(row => (From: state.ToString(), To: row.Expected[(int)state])))
            .Append((From: "Ready", To: "Active")).ToHashSet();
        GrantLifecycle.Table.Moves.ShouldAllBe(move => moves.Contains(ValueTuple.Create(move.From.ToString(), move.To.ToString())));
    }

    [Fact]
    public void A_trigger_that_the_table_does_not_permit_throws()
    {
        foreach (var state in Enum.GetValues<GrantState>())
        {
            foreach (var trigger in Enum.GetValues<GrantTrigger>().Where(trigger => !GrantLifecycle.Table.Permits(state, trigger)))
            {
                Should.Throw<InvalidOperationException>(() => GrantLifecycle.Table.Next(state, trigger));
            }
        }

        foreach (var state in Enum.GetValues<RequestState>())
        {
            foreach (var trigger in Enum.GetValues<RequestTrigger>().Where(trigger => !RequestLifecycle.Table.Permits(state, trigger)))
            {
                Should.Throw<InvalidOperationException>(() => RequestLifecycle.Table.Next(state, trigger));
            }
        }
    }

    [Fact]
    public void Every_verb_without_its_aggregate_refuses_or_makes_it()
    {
        foreach (var (command, by, _) in OfRequests.Values.Concat(OfGrants.Values))
        {
            var outcome = OfRequests.ContainsKey(command.GetType())
                ? Decide<AccessRequest>(null, command, Facts(by) with { Grant = Active() })
                : Decide<Grant>(null, command, Facts(by, At(1)));
            outcome.ShouldBeOneOf("unknown_request", "unknown_grant", "Pending", "Provisioning");
        }
    }

    private static TheoryData<string, TState> Pairs<TAggregate, TState>()
        where TState : struct, Enum
    {
        var pairs = new TheoryData<string, TState>();
        foreach (var verb in Verbs.All.Where(verb => verb.GetType().GenericTypeArguments[0] == typeof(TAggregate)))
        {
            foreach (var state in Enum.GetValues<TState>())
            {
                pairs.Add(verb.Command.Name, state);
            }
        }

        return pairs;
    }

    private static string Decide<T>(T? state, Command command, Facts facts)
        where T : class, IAggregate<T>
    {
        var verb = Verbs.For(command);
        var decide = (Delegate)verb.GetType().GetProperty(nameof(Verb<AccessRequest, AskAccess>.Decide))!.GetValue(verb)!;
        var result = (Result<Decision<T>>)decide.DynamicInvoke(state, command, facts)!;
        return !result.TryGet(out var decision, out var refusal) ? refusal.Code
            : decision.Events.Count == 0 ? "="
            : decision.Next.Index.State;
    }
}
