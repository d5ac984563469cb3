using DbChatOps.Access;
using DbChatOps.Policies;
using DbChatOps.Targets;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Access;

/// <summary>Ana asks, Bo and Dee approve, Cy is on call; a production and a staging database with a policy each, all at noon.</summary>
internal static class AccessGiven
{
    public static readonly Principal Asker = Named(Ana, "Ana");
    public static readonly Principal Approver = Named(Bo, "Bo");
    public static readonly Principal OnCall = Named(Cy, "Cy");
    public static readonly Principal Business = Named(Dee, "Dee");

    public static readonly RequestId TheRequest = new(Guid.Parse("01900000-0000-7000-8000-000000000001"));
    public static readonly RequestId TheExtension = new(Guid.Parse("01900000-0000-7000-8000-000000000002"));
    public static readonly GrantId TheGrant = new(TheRequest.Value);

    public static readonly Target OrdersProd = Of("orders-prod", TargetEnvironment.Production);
    public static readonly Target OrdersStaging = Of("orders-staging", TargetEnvironment.Staging);

    public static readonly Server PgProd = new()
    {
        Id = new ServerId("pg-prod"),
        Environment = TargetEnvironment.Production,
        Nodes = [new ServerNode { Host = "localhost", Port = 5432 }],
        AdminDatabase = "postgres",
        Minter = new Credential { User = "dbchatops_bot", Password = static _ => ValueTask.FromResult(new Secret("unused")) },
        MaximumLiveGrants = 50,
    };

    public static readonly ServerIdentity Identity = new()
    {
        SystemIdentifier = "7300000000000000001",
        Databases = new SortedDictionary<string, uint>(StringComparer.Ordinal) { ["orders"] = 16384 },
        Timeline = 1,
        Version = "17.2",
        ClockSkew = TimeSpan.Zero,
    };

    public static readonly AccessPolicy ReadPolicy = new()
    {
        Name = "prod-read",
        Covers = new PolicyScope { Environments = [TargetEnvironment.Production], Levels = [AccessLevel.Read] },
        Requesters = ["developers"],
        MaximumWindow = TimeSpan.FromHours(2),
        DefaultWindow = TimeSpan.FromMinutes(30),
        Rule = Rule(("tech", ["dba"])) with { Escalation = new Escalation { Group = "oncall", After = TimeSpan.FromMinutes(15) }, PingGroups = ["dba"] },
        Extension = new ExtensionRule { Allowed = true, MaximumTimes = 2, MaximumTotal = TimeSpan.FromHours(2) },
    };

    public static readonly AccessPolicy WritePolicy = ReadPolicy with
    {
        Name = "prod-write",
        Covers = new PolicyScope { Environments = [TargetEnvironment.Production], Levels = [AccessLevel.Write, AccessLevel.Ddl] },
        Rule = Rule(("tech", ["dba"]), ("business", ["business"])),
    };

    public static readonly AccessPolicy StagingPolicy = ReadPolicy with
    {
        Name = "staging",
        Covers = new PolicyScope { Environments = [TargetEnvironment.Staging], Levels = [AccessLevel.Read, AccessLevel.Write] },
        AutoApprove = true,
    };

    public static readonly IReadOnlyList<Group> Groups =
        [Group("developers", Ana), Group("dba", Bo), Group("business", Dee), Group("oncall", Cy), Group("security", Dee)];

    /// <summary>What the last look at the server has seen: everything.</summary>
    public static IReadOnlyList<string> Looked { get; } =
    [
        .. from target in new[] { OrdersProd, OrdersStaging }
           from level in target.Levels
           select ServerRecord.LevelKey(target.Id, level.Key, level.Value.StandingRole),
    ];

    public static DateTimeOffset At(int minutes, int seconds = 0) => Noon.AddMinutes(minutes).AddSeconds(seconds);

    private static readonly Lazy<AccessRequest> TheApproved = new(() =>
    {
        var pending = AskAccess.Decide(null, Ask(), Unspent(Asker, null)).OrThrow().Next;
        return ReviewRequest.Decide(pending, Approve(pending), Unspent(Approver, At(1))).OrThrow().Next;
    });

    /// <summary>What is known; an approval, where one is spent, is that of the usual request.</summary>
    public static Facts Facts(Principal actor, DateTimeOffset? now = null, params IReadOnlyList<AccessPolicy> policies) =>
        Unspent(actor, now, policies) with { Request = TheApproved.Value };

    private static Facts Unspent(Principal actor, DateTimeOffset? now, params IReadOnlyList<AccessPolicy> policies) => new()
    {
        Now = now ?? Noon,
        Actor = actor,
        Policies = new PolicyBook(policies is [] ? [ReadPolicy, WritePolicy, StagingPolicy] : policies, Groups, People.Unlinked),
        Targets = new TargetBook([PgProd], [OrdersProd, OrdersStaging]),
        Membership = Members([.. Groups]),
        Server = new ServerRecord { Id = PgProd.Id, Pin = Identity, PinnedAt = Noon, LookedAt = Looked },
        ApprovalChannel = "C0APPROVALS",
        SecurityGroups = ["security"],
    };

    public static AskAccess Ask(AccessLevel level = AccessLevel.Read, int? minutes = 30, string reason = "checking INC-42", string target = "orders-prod") =>
        new(TheRequest, new TargetId(target), level, minutes is { } some ? TimeSpan.FromMinutes(some) : null, reason);

    public static ReviewRequest Approve(AccessRequest request, string? typed = "orders-prod", string? comment = null) =>
        new(request.Id, Verdict.Approve, request.Digest, typed, comment);

    public static ReviewRequest Deny(AccessRequest request, string? comment = "not today") => new(request.Id, Verdict.Deny, request.Digest, null, comment);

    public static AccessRequest Pending(AccessLevel level = AccessLevel.Read, string reason = "checking INC-42") =>
        AskAccess.Decide(null, Ask(level, reason: reason), Facts(Asker)).OrThrow().Next;

    public static AccessRequest Approved() => TheApproved.Value;

    public static AccessRequest Request(RequestState state) => state switch
    {
        RequestState.Pending => Pending(),
        RequestState.Approved => Approved(),
        RequestState.Denied => ReviewRequest.Decide(Pending(), Deny(Pending()), Facts(Approver, At(1))).OrThrow().Next,
        RequestState.Withdrawn => WithdrawRequest.Decide(Pending(), new WithdrawRequest(TheRequest), Facts(Asker, At(1))).OrThrow().Next,
        RequestState.Voided => CutRequest.Decide(Approved(), new CutRequest(TheRequest, "left the company"), Facts(Business, At(2))).OrThrow().Next,
        RequestState.Lapsed => LapseRequest.Decide(Pending(), new LapseRequest(TheRequest), Facts(Principal.Bot, Pending().LapsesAt)).OrThrow().Next,
        _ => throw new InvalidOperationException($"Nobody said how a request becomes {state}."),
    };

    /// <summary>A request for 30 more minutes on <see cref="Active"/>.</summary>
    public static AccessRequest Extension(Grant? of = null, int minutes = 30) =>
        AskExtension.Decide(null, AskMore(minutes), Facts(Asker, At(10)) with { Grant = of ?? Active() }).OrThrow().Next;

    public static AskExtension AskMore(int? minutes = 30) =>
        new(TheExtension, TheGrant, minutes is { } some ? TimeSpan.FromMinutes(some) : null, "the query still runs");

    public static Grant Provisioning() => OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(1))).OrThrow().Next;

    public static Grant Ready() => ConcludeProvisioning.Decide(Provisioning(), new ConcludeProvisioning(TheGrant, 20001, TimeSpan.Zero), Facts(Principal.Bot, At(1, 1))).OrThrow().Next;

    public static Grant Revealing(Grant? grant = null, DateTimeOffset? at = null) =>
        RequestReveal.Decide(grant ?? Ready(), new RequestReveal(TheGrant, "V1"), Facts(Asker, at ?? At(2))).OrThrow().Next;

    /// <summary>Claimed at 12:02, so it runs until 12:32.</summary>
    public static Grant Active() => ConcludeReveal.Decide(Revealing(), ReadBack(Revealing()), Facts(Principal.Bot, At(2, 1))).OrThrow().Next;

    /// <summary>Extended to 13:02 in the ledger; the server still says 12:32.</summary>
    public static Grant Extended() =>
        ExtendGrant.Decide(Active(), new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30)), Facts(Principal.Bot, At(11))).OrThrow().Next;

    public static NoteExtensionRefused TooLong(Grant extended) =>
        new(TheGrant, extended.Expiry!.Value, new Refusal("window_too_long", "The server's set-up does not allow so long a window."));

    public static ConcludeReveal ReadBack(Grant revealing) => new(
        TheGrant,
        revealing.Generation,
        new LoginReading { Presence = LoginPresence.Login, Generation = revealing.Generation, ValidUntil = revealing.Revealing?.Expiry, Oid = 20001 },
        null);

    public static Grant Revoking(Grant? grant = null) => ReleaseGrant.Decide(grant ?? Active(), new ReleaseGrant(TheGrant), Facts(Asker, At(20))).OrThrow().Next;

    public static Grant Revoked(Grant? grant = null) => RecordRevocation.Decide(Revoking(grant), Gone(At(20, 2)), Facts(Principal.Bot, At(20, 2))).OrThrow().Next;

    public static Grant Grant(GrantState state) => state switch
    {
        GrantState.Provisioning => Provisioning(),
        GrantState.Ready => Ready(),
        GrantState.Active => Active(),
        GrantState.Revoking => Revoking(),
        GrantState.Revoked => Revoked(),
        _ => throw new InvalidOperationException($"Nobody said how a grant becomes {state}."),
    };

    public static RecordRevocation Gone(DateTimeOffset at, params IReadOnlyList<string> notChecked) => new(TheGrant, new RevocationReport
    {
        Login = "dbco_ana_x",
        Stage = RevocationStage.ProvenGone,
        SessionsEnded = 1,
        Proof = new RevocationProof { Login = "dbco_ana_x", Oid = 20001, ProvenAt = at, Nodes = ["localhost:5432"], NotChecked = notChecked },
    });

    public static RecordRevocation Still(RevocationStage stage, params IReadOnlyList<string> blockers) =>
        new(TheGrant, new RevocationReport { Login = "dbco_ana_x", Stage = stage, Blockers = blockers });

    /// <summary>Only db-2's declared delay is missing, until then.</summary>
    public static RecordRevocation Waiting(DateTimeOffset until, RevocationStage stage = RevocationStage.Exposed) => new(TheGrant, new RevocationReport
    {
        Login = "dbco_ana_x",
        Stage = stage,
        Blockers = ["standby db-2:5432 applies changes 1 h late (recovery_min_apply_delay) and does not know of the lock yet"],
        Waits = new ReplayWait { Node = "db-2:5432", Delay = TimeSpan.FromHours(1), Until = until },
    });

    /// <summary>The server has a password that this ledger did not ask for: set at 12:05, so that its window of 30 min ends at 12:35.</summary>
    public static RecordFoundReveal Found(bool byCopy, int generation = 5, DateTimeOffset? validUntil = null, DateTimeOffset? revealedAt = null) => new(
        TheGrant,
        new LoginReading { Presence = LoginPresence.Login, Oid = 20001, Generation = generation, FirstRevealedAt = revealedAt ?? At(5), ValidUntil = validUntil ?? At(35) },
        byCopy);

    /// <summary>A statement that cannot be interrupted, since 12:19.</summary>
    public static RecordRevocation Stripped(params IReadOnlyList<int> processes)
    {
        var still = Still(RevocationStage.Stripped);
        return still with { Report = still.Report with { Uninterruptible = [.. processes.Select(process => new UninterruptibleSession("localhost:5432", process, At(19)))] } };
    }

    /// <summary>The login as it stood on its server when it was found again.</summary>
    public static NoteFoundAgain FoundAgain(int generation, RevocationProof? proof) => new(
        TheGrant,
        new ManagedLogin { Name = "dbco_ana_x", Oid = 20001, MacVerifies = true, CanLogin = true, IsLocked = false, Generation = generation, FirstRevealedAt = generation > 0 ? At(5) : null },
        proof);

    public static RecordSessions Seen(params IReadOnlyList<string?> addresses) => new(TheGrant, [.. addresses.Select((address, index) => new LoginSession
    {
        Login = "dbco_ana_x",
        Node = "localhost:5432",
        ClientAddress = address,
        StartedAt = At(3, index),
        ProcessId = 100 + index,
    })]);

    public static string CodeOf<T>(Result<T> result)
        where T : notnull => result.Refused?.Code ?? "allowed";

    private static Principal Named(PersonId id, string name) => new() { Id = id, Name = name, Kind = PrincipalKind.Member, Human = id.ToString() };

    private static Target Of(string id, TargetEnvironment environment) => new()
    {
        Id = new TargetId(id),
        Server = new ServerId("pg-prod"),
        Environment = environment,
        Database = "orders",
        Levels = Enum.GetValues<AccessLevel>().ToDictionary(level => level, level => new LevelSettings { StandingRole = $"dbchatops_{id.Replace('-', '_')}_{level.ToWord()}" }),
        Connect = new ConnectHint { Host = "localhost", Port = 5432 },
    };
}
