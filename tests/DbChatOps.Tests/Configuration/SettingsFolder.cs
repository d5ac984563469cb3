using System.Text.Json.Nodes;
using DbChatOps.Host.Configuration;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

/// <summary>A folder with a valid configuration that a test bends before it loads it.</summary>
internal sealed class SettingsFolder : IDisposable
{
    private const string Valid = """
        {
          "Instance": { "Id": "acme", "Key": "0123456789abcdefghijklmnopqrstuvwxyz" },
          "Slack": { "BotToken": "xoxb-canary-bot", "SigningSecret": "canary-signing", "AppId": "A0APP", "TeamIds": ["T0"], "ApprovalChannel": "C0APPROVE" },
          "Security": { "AcceptChatOnly": true },
          "Store": { "ConnectionString": "Data Source=/tmp/ledger.db" },
          "Groups": { "developers": ["slack:T0:U1"], "dba": ["slack:T0:U2", "slack:T0:U3"], "business": ["slack:T0:U4"] },
          "Servers": [
            {
              "Id": "pg-prod", "Environment": "Production",
              "Nodes": [{ "Host": "localhost", "Port": 5432 }, { "Host": "localhost", "Port": 5433 }],
              "Minter": { "User": "dbchatops_bot", "Password": "canary-prod" },
              "Databases": [{ "Name": "orders", "Target": "orders-prod", "Tags": ["payments"] }],
              "Levels": { "read": {}, "write": {} }
            },
            {
              "Id": "pg-stage", "Environment": "Staging",
              "Nodes": [{ "Host": "localhost", "Port": 6432 }],
              "Minter": { "User": "dbchatops_bot", "Password": "canary-stage" },
              "Target": "{database}-stage", "Databases": ["orders", "billing_eu"],
              "Levels": { "read": {} }
            }
          ],
          "Policies": [
            {
              "Name": "prod-read",
              "Covers": { "Environments": ["Production"], "Levels": ["read"] },
              "Requesters": ["developers"],
              "MaximumWindow": "2h",
              "Rule": { "Seats": [{ "Name": "tech", "Groups": ["dba"] }, { "Name": "business", "Groups": ["business"] }], "PendingFor": "4h", "ClaimWithin": "1h" }
            }
          ]
        }
        """;

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly string _folder = Directory.CreateTempSubdirectory("dbchatops-settings-").FullName;

    public SettingsFolder() => Write("appsettings.json", Valid);

    public string File => System.IO.Path.Combine(_folder, "appsettings.json");

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    public string Write(string name, string text)
    {
        var path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    /// <summary>Replaces the value at a path such as <c>Servers[0].Nodes[1].Port</c> by JSON text.</summary>
    public SettingsFolder With(string path, string json)
    {
        var root = JsonNode.Parse(System.IO.File.ReadAllText(File))!;
        var (parent, last) = Find(root, path);
        if (int.TryParse(last, out var index))
        {
            parent.AsArray()[index] = JsonNode.Parse(json);
        }
        else
        {
            parent.AsObject()[last] = JsonNode.Parse(json);
        }

        System.IO.File.WriteAllText(File, root.ToJsonString());
        return this;
    }

    public SettingsFolder Without(string path)
    {
        var root = JsonNode.Parse(System.IO.File.ReadAllText(File))!;
        var (parent, last) = Find(root, path);
        parent.AsObject().Remove(last).ShouldBeTrue(path);
        System.IO.File.WriteAllText(File, root.ToJsonString());
        return this;
    }

    public SettingsFolder Variable(string name, string value)
    {
        _variables["DBCHATOPS__" + name] = value;
        return this;
    }

    public SettingsLoader Loader() => new(File, _variables);

    public Task<Settings> LoadAsync() => Loader().LoadAsync(TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<string>> ProblemsAsync() =>
        [.. (await Should.ThrowAsync<InvalidSettingsException>(LoadAsync)).Problems.Select(problem => problem.ToString())];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (JsonNode Parent, string Last) Find(JsonNode root, string path)
    {
        var steps = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        var parent = steps[..^1].Aggregate(root, (node, step) => int.TryParse(step, out var index) ? node[index]! : node[step]!);
        return (parent, steps[^1]);
    }
}
