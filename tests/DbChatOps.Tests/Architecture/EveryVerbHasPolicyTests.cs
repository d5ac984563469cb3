using DbChatOps.Configurations;
using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using DbChatOps.Tests.Access;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Architecture;

public sealed class EveryVerbHasPolicyTests
{
    /// <summary>Who may give which command. A new verb stands here before it can be used, so that nobody gives a right by forgetting.</summary>
    private static readonly Dictionary<string, Permission> Permissions = new(StringComparer.Ordinal)
    {
        [nameof(AskAccess)] = Permission.Member,
        [nameof(AskExtension)] = Permission.Member,
        [nameof(ReviewRequest)] = Permission.Member,
        [nameof(WithdrawRequest)] = Permission.Member,
        [nameof(RequestReveal)] = Permission.Member,
        [nameof(ReleaseGrant)] = Permission.Member,
        [nameof(RevokeGrant)] = Permission.MemberOrOperator,
        [nameof(LapseRequest)] = Permission.System,
        [nameof(EscalateRequest)] = Permission.System,
        [nameof(NoteGrantRefused)] = Permission.System,
        [nameof(OpenGrant)] = Permission.System,
        [nameof(ConcludeProvisioning)] = Permission.System,
        [nameof(ConcludeReveal)] = Permission.System,
        [nameof(ExtendGrant)] = Permission.System,
        [nameof(ConcludeExtension)] = Permission.System,
        [nameof(NoteExtensionRefused)] = Permission.System,
        [nameof(WarnHolder)] = Permission.System,
        [nameof(EndGrant)] = Permission.System,
        [nameof(RecordRevocation)] = Permission.System,
        [nameof(RecordSessions)] = Permission.System,
        [nameof(RecordFoundReveal)] = Permission.System,
        [nameof(NoteServersEnd)] = Permission.System,
        [nameof(NoteFoundAgain)] = Permission.System,
        [nameof(NoteRestore)] = Permission.System,
        [nameof(ConfirmRestore)] = Permission.Operator,
        [nameof(PinServer)] = Permission.System,
        [nameof(RecordCheck)] = Permission.System,
        [nameof(CutRequest)] = Permission.MemberOrOperator,
        [nameof(RaiseAlert)] = Permission.System,
        [nameof(ResolveAlert)] = Permission.System,
        [nameof(NoteConfiguration)] = Permission.System,
    };

    [Fact]
    public void Every_command_has_a_verb()
    {
        var commands = typeof(Command).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Command)) && !type.IsAbstract).Select(type => type.Name);

        Verbs.All.Select(verb => verb.Command.Name).Order(StringComparer.Ordinal).ShouldBe(commands.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_verb_has_the_permission_that_was_decided_for_it() =>
        Verbs.All.ToDictionary(verb => verb.Command.Name, verb => verb.Permission, StringComparer.Ordinal).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ShouldBe(Permissions.OrderBy(pair => pair.Key, StringComparer.Ordinal));

    [Theory]
    [InlineData(PrincipalKind.Member), InlineData(PrincipalKind.Guest), InlineData(PrincipalKind.Stranger), InlineData(PrincipalKind.Bot), InlineData(PrincipalKind.Deactivated)]
    public async Task No_person_gives_what_timers_give(PrincipalKind kind) =>
        (await CodeAsync(new EndGrant(TheGrant, EndReason.Failed), Asker with { Kind = kind })).ShouldBe("not_for_people");

    [Theory]
    [InlineData(PrincipalKind.Guest, "guest"), InlineData(PrincipalKind.Stranger, "stranger"), InlineData(PrincipalKind.Bot, "bot_account")]
    [InlineData(PrincipalKind.Deactivated, "deactivated"), InlineData(PrincipalKind.System, "not_a_person"), InlineData(PrincipalKind.Member, "allowed")]
    public async Task Only_full_members_ask(PrincipalKind kind, string expected) => (await CodeAsync(Ask(), Asker with { Kind = kind })).ShouldBe(expected);

    [Fact]
    public async Task Only_the_hosts_operator_confirms_a_restore()
    {
        var confirm = new ConfirmRestore(PgProd.Id, 7, "the disk died");

        (await CodeAsync(confirm, Asker)).ShouldBe("not_for_people");
        (await CodeAsync(confirm, Principal.Bot)).ShouldBe("not_for_people");
        (await CodeAsync(confirm, Principal.Operator(PersonId.Operator("root")))).ShouldBe("not_restored");
    }

    [Fact]
    public void Every_command_on_a_timer_is_the_systems()
    {
        var dispatched = AccessStory.Steps.SelectMany(step => Consequences.Of(step.Next, step.Change)).Select(row => row.Item).OfType<AgendaItem.Dispatch>().ToList();

        dispatched.Count.ShouldBeGreaterThan(5);
        dispatched.ShouldAllBe(item => Verbs.For(item.Command).Permission == Permission.System);
    }

    private static async Task<string> CodeAsync(Command command, Principal by)
    {
        var drafted = await Verbs.For(command).DecideAsync(
            new EmptyLedger(), command, (_, _) => Task.FromResult<Result<Facts>>(Facts(by)), TestContext.Current.CancellationToken);
        return CodeOf(drafted);
    }

    private sealed class EmptyLedger : ILedger
    {
        public Task<Stored<T>?> LoadAsync<T>(string key, CancellationToken ct)
            where T : class, IAggregate<T> => Task.FromResult<Stored<T>?>(null);

        public Task<IReadOnlyList<Stored<T>>> FindAsync<T>(SnapshotQuery query, CancellationToken ct)
            where T : class, IAggregate<T> => Task.FromResult<IReadOnlyList<Stored<T>>>([]);

        public Task<CommitOutcome> CommitAsync(Change change, CancellationToken ct) => throw new InvalidOperationException("Nothing is committed here.");
    }
}
