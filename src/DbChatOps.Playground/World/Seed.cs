namespace DbChatOps.Playground.World;

/// <summary>The people, groups and channels that every workspace starts with: the same in tests, tour and README.</summary>
public static class Seed
{
    public const string TeamId = "T0DBCHATOPS";
    public const string TeamDomain = "dbchatops-playground";
    public const string TeamName = "DbChatOps Playground";
    public const string PartnerTeamId = "T0PARTNER01";
    public const string AppId = "A0DBCHATOPS";
    public const string BotUserId = "U0DBCHATOPS";
    public const string BotId = "B0DBCHATOPS";

    public static readonly SlackUser Bot = new() { Id = BotUserId, Handle = "dbchatops", RealName = "DbChatOps", IsBot = true };

    /// <summary>Asks for access.</summary>
    public static readonly SlackUser Ana = new() { Id = "U0ANA00001", Handle = "ana", RealName = "Ana Alvarez", Title = "Developer" };

    /// <summary>Approves.</summary>
    public static readonly SlackUser Bo = new() { Id = "U0BO000002", Handle = "bo", RealName = "Bo Berg", Title = "Database administrator" };

    /// <summary>Commands incidents.</summary>
    public static readonly SlackUser Cy = new() { Id = "U0CY000003", Handle = "cy", RealName = "Cy Chen", Title = "Incident commander" };

    /// <summary>Administers.</summary>
    public static readonly SlackUser Dee = new() { Id = "U0DEE00004", Handle = "dee", RealName = "Dee Diallo", Title = "Administrator" };

    public static readonly SlackUser Guest = new() { Id = "U0GUEST005", Handle = "gus", RealName = "Gus Guest", Title = "Contractor", IsGuest = true };

    public static readonly SlackUser Stranger = new()
    {
        Id = "U0STRANGE6", Handle = "pat", RealName = "Pat Partner", Title = "Partner engineer", TeamId = PartnerTeamId,
    };

    public static readonly SlackUser Deactivated = new() { Id = "U0GONE0007", Handle = "gil", RealName = "Gil Gone", IsDeleted = true };

    public static readonly SlackUser OtherBot = new() { Id = "U0OTHERBOT", Handle = "otherbot", RealName = "Other Bot", IsBot = true };

    public static readonly SlackUserGroup DbaGroup = new() { Id = "S0DBA00001", Handle = "dba", Name = "Database administrators", Members = [Bo.Id, Dee.Id] };

    public static readonly SlackUserGroup OnCallGroup = new() { Id = "S0ONCALL02", Handle = "oncall", Name = "On call", Members = [Ana.Id, Cy.Id] };

    public static readonly SlackChannel Approvals = new()
    {
        Id = "C0APPROVAL", Name = "db-approvals", Members = [BotUserId, Ana.Id, Bo.Id, Cy.Id, Dee.Id, Guest.Id],
    };

    public static readonly SlackChannel Audit = new() { Id = "C0AUDIT002", Name = "db-audit", Members = [BotUserId, Bo.Id, Cy.Id, Dee.Id] };

    public static readonly SlackChannel General = new()
    {
        Id = "C0GENERAL3", Name = "general", Members = [BotUserId, Ana.Id, Bo.Id, Cy.Id, Dee.Id, Guest.Id],
    };

    /// <summary>Shared with another company: strangers see and click what is posted here.</summary>
    public static readonly SlackChannel Shared = new()
    {
        Id = "C0SHARED04", Name = "partner-shared", IsExternallyShared = true, Members = [BotUserId, Ana.Id, Bo.Id, Stranger.Id],
    };

    /// <summary>A public channel the bot has not joined.</summary>
    public static readonly SlackChannel Elsewhere = new() { Id = "C0ELSEWHER", Name = "random", Members = [Ana.Id, Bo.Id] };

    public static IReadOnlyList<SlackUser> Users { get; } = [Bot, Ana, Bo, Cy, Dee, Guest, Stranger, Deactivated, OtherBot];

    public static IReadOnlyList<SlackChannel> Channels { get; } = [Approvals, Audit, General, Shared, Elsewhere];

    public static IReadOnlyList<SlackUserGroup> Groups { get; } = [DbaGroup, OnCallGroup];
}
