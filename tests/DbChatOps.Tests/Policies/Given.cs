using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Tests.Policies;

/// <summary>The four people and one target that every policy test starts from.</summary>
internal static class Given
{
    public static readonly PersonId Ana = new("slack", "T0", "U1");
    public static readonly PersonId Bo = new("slack", "T0", "U2");
    public static readonly PersonId Cy = new("slack", "T0", "U3");
    public static readonly PersonId Dee = new("slack", "T0", "U4");

    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static Target Target(TargetEnvironment environment = TargetEnvironment.Production) => new()
    {
        Id = new TargetId("orders-prod"),
        Server = new ServerId("pg-prod"),
        Environment = environment,
        Database = "orders",
        Tags = ["payments"],
        Levels = new Dictionary<AccessLevel, LevelSettings>
        {
            [AccessLevel.Read] = new() { StandingRole = "dbchatops_orders_prod_read" },
            [AccessLevel.Write] = new() { StandingRole = "dbchatops_orders_prod_write" },
        },
        Connect = new ConnectHint { Host = "localhost", Port = 5432 },
    };

    public static ApprovalRule Rule(params (string Name, string[] Groups)[] seats) => new()
    {
        Seats = [.. seats.Select(seat => new Seat { Name = seat.Name, Groups = seat.Groups })],
        PendingFor = TimeSpan.FromHours(4),
        ClaimWithin = TimeSpan.FromHours(1),
    };

    public static AccessPolicy Policy(string name = "prod", params (string Name, string[] Groups)[] seats) => new()
    {
        Name = name,
        Covers = new PolicyScope { Environments = [TargetEnvironment.Production], Levels = [AccessLevel.Read] },
        Requesters = ["developers"],
        MaximumWindow = TimeSpan.FromHours(2),
        DefaultWindow = TimeSpan.FromMinutes(30),
        Rule = seats.Length == 0 ? Rule(("tech", ["dba"])) : Rule(seats),
    };

    public static Group Group(string name, params PersonId[] roster) => new() { Name = name, Roster = roster };

    public static IReadOnlyList<Group> UsualGroups { get; } = [Group("developers", Ana, Cy), Group("dba", Bo, Cy), Group("business", Dee)];

    public static PolicyBook Book(params AccessPolicy[] policies) => new(policies, UsualGroups, People.Unlinked);

    public static Membership Members(params Group[] groups) => Members(People.Unlinked, groups);

    public static Membership Members(People people, params Group[] groups) =>
        Membership.Resolve(people, groups, new Dictionary<string, IReadOnlySet<PersonId>>(StringComparer.Ordinal)).OrThrow();

    public static Membership Usual { get; } = Members([.. UsualGroups]);

    public static Principal Member(PersonId id, PrincipalKind kind = PrincipalKind.Member) =>
        new() { Id = id, Name = id.User, Kind = kind, Human = id.ToString() };

    public static AccessQuestion Question(PersonId by, Membership? membership = null) => new()
    {
        Requester = Member(by),
        Membership = membership ?? Usual,
        Target = Target(),
        Level = AccessLevel.Read,
        Now = Noon,
    };

    public static Ballot Ballot(params Vote[] votes) => new() { Requester = Ana, AskedAt = Noon, Votes = votes };

    public static Vote Yes(PersonId by, int minutes = 1) => new(by, Approves: true, Noon.AddMinutes(minutes));

    public static Vote No(PersonId by, int minutes = 1) => new(by, Approves: false, Noon.AddMinutes(minutes));
}
