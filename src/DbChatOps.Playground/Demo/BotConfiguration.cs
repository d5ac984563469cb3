using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Demo;

/// <summary>What the bot is told: the look-alike in place of Slack, the demo's servers, and who may ask and approve.</summary>
internal sealed record BotConfiguration
{
    public required SlackWorkspace Workspace { get; init; }
    public required PostgreSqlServers Guarded { get; init; }
    public required string Folder { get; init; }
    public required int ListensOn { get; init; }

    /// <summary>The bot's password on the production servers.</summary>
    public required string ProductionPassword { get; init; }

    /// <summary>Another one: environments never share a credential.</summary>
    public required string StagingPassword { get; init; }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ListensOn}/"));

    public string File => Path.Combine(Folder, "appsettings.json");

    public static string NewSecret() => RandomNumberGenerator.GetHexString(48, lowercase: true);

    public Task WriteAsync(CancellationToken ct) => PrivateFile.WriteAsync(File, Json.WriteIndented(ToJson()), ct);

    private JsonObject ToJson() => new()
    {
        ["Instance"] = new JsonObject { ["Id"] = "demo", ["Key"] = NewSecret() },
        ["Slack"] = new JsonObject
        {
            ["Mode"] = Workspace.Settings.SocketMode ? "Socket" : "Http",
            ["ApiBaseUrl"] = Workspace.ApiBaseUrl.AbsoluteUri,
            ["BotToken"] = Workspace.Settings.BotToken,
            [Workspace.Settings.SocketMode ? "AppToken" : "SigningSecret"] = Workspace.Settings.SocketMode ? Workspace.Settings.AppToken : Workspace.Settings.SigningSecret,
            ["AppId"] = Seed.AppId,
            ["TeamIds"] = new JsonArray(Seed.TeamId),
            ["DatabaseCommand"] = "/db",
            ["AuditChannel"] = Seed.Audit.Id,
            ["ApprovalChannel"] = Seed.Approvals.Id,
        },
        ["Security"] = new JsonObject { ["AcceptChatOnly"] = true, ["CutOffGroups"] = new JsonArray("security") },
        ["Store"] = new JsonObject { ["Provider"] = "Sqlite", ["ConnectionString"] = $"Data Source={Path.Combine(Folder, "dbchatops.db")}" },
        ["People"] = new JsonArray(Person(Seed.Ana), Person(Seed.Bo), Person(Seed.Cy), Person(Seed.Dee)),
        ["Groups"] = new JsonObject
        {
            ["developers"] = new JsonArray(Seed.Ana.Handle, Seed.Bo.Handle, Seed.Cy.Handle),
            ["dba"] = new JsonArray(Seed.Bo.Handle, Seed.Dee.Handle),
            ["security"] = new JsonArray(Seed.Dee.Handle),
        },
        ["Servers"] = new JsonArray(
            Server("prod", "Production", "orders-prod", ProductionPassword, Guarded.Production, Guarded.Standby),
            Server("staging", "Staging", "orders-staging", StagingPassword, Guarded.Staging)),
        ["Policies"] = new JsonArray(
            Policy("orders", ["Production", "Staging"], "read", "dba"),
            Policy("orders-staging-write", ["Staging"], "write", "dba"),
            // Two people, and one of them answers for security: nobody changes production on one pair of eyes.
            Policy("orders-production-write", ["Production"], "write", "dba", "security")),
    };

    private static JsonObject Server(string id, string environment, string target, string password, params PostgreSqlServer[] nodes) => new()
    {
        ["Id"] = id,
        ["Engine"] = "PostgreSql",
        ["Flavour"] = "Plain",
        ["Environment"] = environment,
        ["AdminDatabase"] = PostgreSqlServers.AdminDatabase,
        ["Nodes"] = Json.Array(nodes.Select((node, index) => new JsonObject
        {
            ["Host"] = "127.0.0.1", ["Port"] = node.Port, ["Kind"] = index == 0 ? "Writer" : "Standby",
        })),
        ["Minter"] = new JsonObject { ["User"] = "dbchatops_bot", ["Password"] = password },
        ["Databases"] = new JsonArray(new JsonObject { ["Name"] = PostgreSqlServers.SampleDatabase, ["Target"] = target }),
        ["Levels"] = new JsonObject { ["read"] = new JsonObject(), ["write"] = new JsonObject() },
    };

    /// <summary>The shortest window is whatever is asked for (the tour takes 30 s), so that a person watching sees one end.</summary>
    private static JsonObject Policy(string name, string[] environments, string level, params string[] seats) => new()
    {
        ["Name"] = name,
        ["Covers"] = new JsonObject { ["Environments"] = Json.Array(environments), ["Levels"] = new JsonArray(level) },
        ["Requesters"] = new JsonArray("developers"),
        ["MaximumWindow"] = "4h",
        ["DefaultWindow"] = "30m",
        ["Rule"] = new JsonObject
        {
            ["Seats"] = Json.Array(seats.Select(seat => new JsonObject { ["Name"] = seat, ["Groups"] = new JsonArray(seat) })),
            ["PingGroups"] = Json.Array(seats),
            ["PendingFor"] = "30m",
            ["ClaimWithin"] = "15m",
        },
        ["Extension"] = new JsonObject { ["Allowed"] = true, ["MaximumTotal"] = "8h", ["MaximumTimes"] = 3 },
    };

    private static JsonObject Person(SlackUser user) => new()
    {
        ["Name"] = user.Handle,
        ["Identities"] = new JsonArray($"slack:{user.TeamId}:{user.Id}"),
    };
}
