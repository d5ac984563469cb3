using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Everything <c>check</c> wants to know about one server.</summary>
internal sealed class PostgreSqlInspection(PostgreSqlConnections connections, TimeProvider clock, PostgreSqlEngineOptions options)
{
    public async Task<ServerInspection> RunAsync(Server server, IReadOnlyList<Target> targets, CancellationToken ct)
    {
        await using var writer = await connections.OpenWriterAsync(server, ct);
        var identity = await writer.IdentifyAsync(server, clock, ct);
        _ = options;
        _ = targets;
        return new ServerInspection { Identity = identity, Findings = [], AlsoReaches = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) };
    }
}
