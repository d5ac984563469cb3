using System.Text.Json;
using System.Text.Json.Nodes;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>
/// What ending access needs of the last accepted configuration, and nothing more: servers, the minters' credentials, the instance key. It stands beside
/// the store, readable by the bot's own user only, because literal secrets stand in it as they do in the configuration.
/// </summary>
public sealed record LastGood
{
    public required IReadOnlyList<Server> Servers { get; init; }

    public required SecretSource InstanceKey { get; init; }

    public required IReadOnlyDictionary<ServerId, SecretSource> Minters { get; init; }

    /// <summary>Where to say that the bot only ends access; absent when alerts stay in chat.</summary>
    public (SecretSource? Url, SecretSource? RoutingKey) Alerts { get; init; }

    public static string PathBeside(string storePath) => storePath + ".last-good.json";

    /// <summary>Null when the configuration did not come from files, so that there is nothing to refer to.</summary>
    public static LastGood? Of(Settings settings) => settings.Instance.KeySource is not { } key
        ? null
        : new LastGood
        {
            Servers = [.. settings.Targets.Servers.Where(server => settings.MinterSources.ContainsKey(server.Id))],
            InstanceKey = key,
            Minters = settings.MinterSources,
            Alerts = settings.AlertSources,
        };

    /// <summary>Replaces the file at once, so that a crash leaves the old one or the new one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task WriteAsync(string storePath, CancellationToken ct)
    {
        var path = PathBeside(storePath);
        await using (var stream = PrivateFile.Open(path + ".new", FileMode.Create, FileShare.None))
        {
            await JsonSerializer.SerializeAsync(stream, ToJson(), LedgerJson.Options, ct);
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Null when there is none or it cannot be understood.</summary>
    public static async Task<LastGood?> ReadAsync(string storePath, CancellationToken ct)
    {
        try
        {
            return JsonNode.Parse(await File.ReadAllTextAsync(PathBeside(storePath), ct)) is { } json ? Parse(json) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private JsonObject ToJson() => new()
    {
        ["instanceKey"] = InstanceKey.ToJson(),
        ["AlertUrl"] = Alerts.Url?.ToJson(),
        ["AlertRoutingKey"] = Alerts.RoutingKey?.ToJson(),
        ["servers"] = new JsonArray([.. Servers.Select(server => new JsonObject
        {
            ["Id"] = server.Id.Value,
            ["Environment"] = server.Environment.ToString(),
            ["AdminDatabase"] = server.AdminDatabase,
            ["User"] = server.Minter.User,
            ["Password"] = Minters[server.Id].ToJson(),
            ["Nodes"] = new JsonArray([.. server.Nodes.Select(node => new JsonObject
            {
                ["Host"] = node.Host, ["Port"] = node.Port, ["Kind"] = node.Kind.ToString(), ["CaFile"] = node.CaFile,
                ["DelaySeconds"] = node.Delay?.TotalSeconds,
            })]),
        })]),
    };

    private static LastGood Parse(JsonNode json)
    {
        var read = Items(json, "servers").Select(ParseServer).ToList();
        return new LastGood
        {
            InstanceKey = SecretSource.FromJson(json["instanceKey"]),
            Alerts = (Optional(json["AlertUrl"]), Optional(json["AlertRoutingKey"])),
            Servers = [.. read.Select(pair => pair.Server)],
            Minters = read.ToDictionary(pair => pair.Server.Id, pair => pair.Password),
        };
    }

    private static (Server Server, SecretSource Password) ParseServer(JsonNode json)
    {
        var password = SecretSource.FromJson(json["Password"]);
        var server = new Server
        {
            Id = new ServerId(Text(json, "Id")),
            Environment = Enum.Parse<TargetEnvironment>(Text(json, "Environment")),
            AdminDatabase = Text(json, "AdminDatabase"),
            Minter = new Credential { User = Text(json, "User"), Password = password.ReadAsync },
            Nodes = [.. Items(json, "Nodes").Select(node => new ServerNode
            {
                Host = Text(node, "Host"),
                Port = node["Port"]?.GetValue<int>() ?? throw new JsonException("Port is missing."),
                Kind = Enum.Parse<NodeKind>(Text(node, "Kind")),
                CaFile = node["CaFile"]?.GetValue<string>(),
                Delay = node["DelaySeconds"]?.GetValue<double>() is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            })],
        };
        return (server, password);
    }

    private static IEnumerable<JsonNode> Items(JsonNode json, string name) => json[name] is JsonArray items ? items.OfType<JsonNode>() : throw new JsonException($"{name} is missing.");

    private static SecretSource? Optional(JsonNode? json) => json is null ? null : SecretSource.FromJson(json);

    private static string Text(JsonNode json, string name) => json[name]?.GetValue<string>() ?? throw new JsonException($"{name} is missing.");
}
