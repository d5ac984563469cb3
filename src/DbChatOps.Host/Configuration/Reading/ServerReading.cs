using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Servers[]</c>: endpoints, credentials, and the databases that become targets.</summary>
internal static partial class ServerReading
{
    /// <summary>Names the machine's own certificates in place of a file.</summary>
    private const string SystemTrust = "system";

    /// <summary>The server takes no longer one: 2^31 - 1 ms.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(24);

    public static IReadOnlyList<ServerSection> Read(SettingReader root) => [.. root.Children("Servers").Select(ReadServer)];

    private static ServerSection ReadServer(SettingReader server)
    {
        var id = server.RequiredText("Id");
        if (id.Length > 0 && !TargetNames.IsValid(id))
        {
            server.Wrong("Id", $"\"{SettingReader.Shown(id)}\" breaks the naming rule: {TargetNames.Rule}");
        }

        OnlyKnown(server, "Engine", "PostgreSql", "this release knows PostgreSql only");
        OnlyKnown(server, "Flavour", "Plain", "this release knows Plain only; managed flavours need their own set-up");
        var environment = server.Word("Environment", Words.Environments) ?? server.Missing("Environment", TargetEnvironment.Production);
        var nodes = ReadNodes(server);
        var minter = ReadMinter(server);
        var read = new Server
        {
            Id = new ServerId(id),
            Environment = environment,
            Nodes = nodes,
            AdminDatabase = server.Text("AdminDatabase") ?? "dbchatops",
            Minter = new Credential
            {
                User = minter.User,
                Password = minter.Password is { } source ? source.ReadAsync : _ => throw new SecretUnavailableException("no password is configured"),
            },
            CloneOf = server.Text("CloneOf") is { } original ? new ServerId(original) : null,
            MaximumLiveGrants = server.Number("MaximumLiveGrants", 200, 1, 2000),
        };
        var connect = ReadConnect(server, nodes);
        var targets = DatabaseReading.Read(server, read, connect);
        server.Done();
        return new ServerSection(read, targets, minter.Password, server);
    }

    private static void OnlyKnown(SettingReader server, string name, string known, string otherwise)
    {
        if (server.Text(name) is { } text && text != known)
        {
            server.Wrong(name, $"\"{SettingReader.Shown(text)}\" cannot be used: {otherwise}");
        }
    }

    private static List<ServerNode> ReadNodes(SettingReader server)
    {
        var nodes = new List<ServerNode>();
        foreach (var node in server.Children("Nodes"))
        {
            var host = node.RequiredText("Host");
            CheckHost(node, host);

            var caFile = node.Text("CaFile");
            if (caFile is null && !IsLocal(host))
            {
                node.Wrong("CaFile", $"is missing: the connection to {SettingReader.Shown(host)} must be verified; name a certificate file, or \"system\" for the machine's own");
            }
            else if (caFile is not null and not SystemTrust && !File.Exists(caFile))
            {
                node.Wrong("CaFile", $"{SettingReader.Shown(caFile)} does not exist");
            }

            var kind = node.Word("Kind", Words.NodeKinds) ?? (nodes.Count == 0 ? NodeKind.Writer : NodeKind.Standby);
            var delay = node.Span("Delay", TimeSpan.FromSeconds(1), LongestDelay);
            if (kind == NodeKind.Writer && node.Has("Delay"))
            {
                node.Wrong("Delay", "is for standbys only: a writer applies nothing late");
            }

            nodes.Add(new ServerNode
            {
                Host = host,
                Port = node.Number("Port", 5432, 1, 65535, "a port"),
                Kind = kind,
                CaFile = caFile == SystemTrust ? null : caFile,
                Delay = delay,
            });
            node.Done();
        }

        if (nodes.Count == 0)
        {
            server.Wrong("Nodes", "needs at least the writer: { \"Host\": \"…\", \"Port\": 5432 }");
        }
        else if (nodes[0].Kind != NodeKind.Writer || nodes.Skip(1).Any(node => node.Kind == NodeKind.Writer))
        {
            server.Wrong("Nodes", "must list exactly one writer, first, then the standbys");
        }

        return nodes;
    }

    private static (string User, SecretSource? Password) ReadMinter(SettingReader server)
    {
        if (server.Child("Minter") is not { } minter)
        {
            return (server.Missing("Minter", ""), null);
        }

        var read = (minter.RequiredText("User"), minter.RequiredSecret("Password"));
        minter.Done();
        return read;
    }

    private static ConnectHint ReadConnect(SettingReader server, List<ServerNode> nodes)
    {
        var (host, port, caFile) = nodes is [var writer, ..] ? (writer.Host, writer.Port, writer.CaFile) : ("", 5432, null);
        if (server.Child("Connect") is not { } connect)
        {
            return new ConnectHint { Host = host, Port = port, CaFile = caFile };
        }

        var read = new ConnectHint
        {
            Host = connect.Text("Host") ?? host,
            Port = connect.Number("Port", port, 1, 65535, "a port"),
            CaFile = connect.Text("CaFile") ?? caFile,
            TunnelHint = connect.Text("TunnelHint"),
        };
        if (connect.Has("Host"))
        {
            CheckHost(connect, read.Host);
        }

        connect.Done();
        return read;
    }

    /// <summary>Loopback and Unix sockets: the only ones the engine speaks to without a verified certificate.</summary>
    private static bool IsLocal(string host) => host.StartsWith('/') || host is "localhost" or "127.0.0.1" or "::1";

    /// <summary>Refuses a host with a port in it: Npgsql lets that port win over the port's own field.</summary>
    private static void CheckHost(SettingReader at, string host)
    {
        if (host.Length == 0 || Host().IsMatch(host) || (host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && !host.StartsWith('[')))
        {
            return;
        }

        at.Wrong("Host", WithPort().Match(host) is { Success: true } both
            ? $"\"{SettingReader.Shown(host)}\" holds a port: write \"Host\": \"{SettingReader.Shown(both.Groups["host"].Value)}\", \"Port\": {both.Groups["port"].Value}"
            : $"\"{SettingReader.Shown(host)}\" is not a host name or address");
    }

    [GeneratedRegex(@"^(/[A-Za-z0-9._/-]+|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Host();

    [GeneratedRegex(@"^(?<host>[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):(?<port>[0-9]{1,5})\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex WithPort();
}

/// <summary>One server as read, with where it stood and where its password comes from, for the checks across servers.</summary>
internal sealed record ServerSection(Server Server, IReadOnlyList<TargetSection> Targets, SecretSource? Password, SettingReader At);

/// <summary>One target as read, with the path it stood at.</summary>
internal sealed record TargetSection(Target Target, string Path);
