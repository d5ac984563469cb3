using DbChatOps.Configurations;
using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps;

/// <summary>Every verb, with who may give it and what it must know. A command that is not here cannot be decided.</summary>
public static class Verbs
{
    private static readonly Dictionary<Type, Verb> ByCommand = new Verb[]
    {
        new Verb<AccessRequest, AskAccess>
        {
            Permission = Permission.Member,
            Decide = AskAccess.Decide,
            Needs = static (_, ask) => new FactNeeds { PoliciesOf = ask.Target, HistoryFor = ask.Target, ServerOf = ask.Target },
        },
        new Verb<AccessRequest, AskExtension>
        {
            Permission = Permission.Member,
            Decide = AskExtension.Decide,
            Needs = static (_, ask) => new FactNeeds { Grant = ask.Grant, ForGrantsTarget = true },
        },
        new Verb<AccessRequest, ReviewRequest>
        {
            Permission = Permission.Member,
            Decide = ReviewRequest.Decide,
            Needs = static (request, _) => new FactNeeds { Pinned = request?.Policy, Person = request?.Requester, Grant = request?.Extends, ReturnsTo = request?.Requester.Id },
        },
        new Verb<AccessRequest, WithdrawRequest> { Permission = Permission.Member, Decide = WithdrawRequest.Decide, EndsAccess = true },
        new Verb<AccessRequest, CutRequest>
        {
            Permission = Permission.MemberOrOperator,
            Decide = CutRequest.Decide,
            EndsAccess = true,
            Needs = static (request, _) => new FactNeeds { SecurityGroups = true, Grant = request?.Grant },
        },
        new Verb<AccessRequest, LapseRequest> { Permission = Permission.System, Decide = LapseRequest.Decide, EndsAccess = true },
        new Verb<AccessRequest, NoteGrantRefused> { Permission = Permission.System, Decide = NoteGrantRefused.Decide, EndsAccess = true },
        new Verb<AccessRequest, EscalateRequest> { Permission = Permission.System, Decide = EscalateRequest.Decide },
        new Verb<Grant, OpenGrant>
        {
            Permission = Permission.System,
            Decide = OpenGrant.Decide,
            Needs = static (grant, open) => grant is null ? new FactNeeds { Spends = open.Request, ServerOf = open.Target } : FactNeeds.None,
        },
        new Verb<Grant, ConcludeProvisioning> { Permission = Permission.System, Decide = ConcludeProvisioning.Decide, EndsAccess = true },
        new Verb<Grant, RequestReveal>
        {
            Permission = Permission.Member,
            Decide = RequestReveal.Decide,
            Needs = static (grant, _) => grant is { ClaimedAt: null } ? new FactNeeds { Spends = grant.Request, ServerOf = grant.Target } : new FactNeeds { ServerOf = grant?.Target },
        },
        new Verb<Grant, ConcludeReveal> { Permission = Permission.System, Decide = ConcludeReveal.Decide, EndsAccess = true },
        new Verb<Grant, ExtendGrant>
        {
            Permission = Permission.System,
            Decide = ExtendGrant.Decide,
            Needs = static (grant, extend) => new FactNeeds { Spends = extend.Request, ServerOf = grant?.Target },
        },
        new Verb<Grant, ConcludeExtension> { Permission = Permission.System, Decide = ConcludeExtension.Decide },
        new Verb<Grant, NoteExtensionRefused> { Permission = Permission.System, Decide = NoteExtensionRefused.Decide, EndsAccess = true },
        new Verb<Grant, WarnHolder> { Permission = Permission.System, Decide = WarnHolder.Decide },
        new Verb<Grant, EndGrant> { Permission = Permission.System, Decide = EndGrant.Decide, EndsAccess = true },
        new Verb<Grant, ReleaseGrant> { Permission = Permission.Member, Decide = ReleaseGrant.Decide, EndsAccess = true },
        new Verb<Grant, RevokeGrant>
        {
            Permission = Permission.MemberOrOperator,
            Decide = RevokeGrant.Decide,
            EndsAccess = true,
            Needs = static (_, _) => new FactNeeds { SecurityGroups = true },
        },
        new Verb<Grant, RecordRevocation> { Permission = Permission.System, Decide = RecordRevocation.Decide, EndsAccess = true },
        new Verb<Grant, RecordFoundReveal> { Permission = Permission.System, Decide = RecordFoundReveal.Decide, EndsAccess = true },
        new Verb<Grant, NoteServersEnd> { Permission = Permission.System, Decide = NoteServersEnd.Decide, EndsAccess = true },
        new Verb<Grant, NoteFoundAgain> { Permission = Permission.System, Decide = NoteFoundAgain.Decide, EndsAccess = true },
        new Verb<Grant, RecordSessions> { Permission = Permission.System, Decide = RecordSessions.Decide, EndsAccess = true },
        new Verb<Alert, RaiseAlert> { Permission = Permission.System, Decide = RaiseAlert.Decide, EndsAccess = true },
        new Verb<Alert, ResolveAlert> { Permission = Permission.System, Decide = ResolveAlert.Decide, EndsAccess = true },
        new Verb<ConfigurationRecord, NoteConfiguration> { Permission = Permission.System, Decide = NoteConfiguration.Decide },
        new Verb<ServerRecord, PinServer> { Permission = Permission.System, Decide = PinServer.Decide },
        new Verb<ServerRecord, RecordCheck> { Permission = Permission.System, Decide = RecordCheck.Decide },
        new Verb<ServerRecord, NoteRestore> { Permission = Permission.System, Decide = NoteRestore.Decide, EndsAccess = true },
        new Verb<ServerRecord, ConfirmRestore> { Permission = Permission.Operator, Decide = ConfirmRestore.Decide },
    }.ToDictionary(verb => verb.Command);

    public static IReadOnlyCollection<Verb> All => ByCommand.Values;

    /// <summary>The verb of a command.</summary>
    /// <exception cref="InvalidOperationException">A command without a verb: a mistake of ours, found by a test.</exception>
    public static Verb For(Command command) => ByCommand.TryGetValue(command.GetType(), out var verb)
        ? verb
        : throw new InvalidOperationException($"{command.GetType().Name} has no verb.");
}
