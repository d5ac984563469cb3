using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Looks on each node for the sessions of live logins. A node that does not answer is named; the others are told all the same.</summary>
internal sealed class SessionObservation(PostgreSqlConnections connections, Server server)
{
    public async Task<SessionSight> RunAsync(IReadOnlyList<string> logins, CancellationToken ct)
    {
        var sessions = new List<LoginSession>();
        var silent = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in server.Nodes)
        {
            try
            {
                await using var connection = await connections.OpenAsync(server, node, server.AdminDatabase, ct);
                sessions.AddRange(await PostgreSqlFaults.GuardAsync(node, () => connection.RowsAsync(
                    FacadeStatements.Sessions,
                    row => new LoginSession
                    {
                        Login = row.GetString(0),
                        Node = node.ToString(),
                        ClientAddress = row.TextOrNull(1),
                        Application = row.TextOrNull(2),
                        StartedAt = row.GetFieldValue<DateTimeOffset>(3) + server.ServerTimeOffset(),
                        ProcessId = row.GetInt32(4),
                    },
                    ct,
                    (object)logins.ToArray()), ct));
            }
            catch (TargetUnavailableException fault)
            {
                silent[node.ToString()] = fault.Message;
            }
        }

        return new SessionSight { Sessions = sessions, Silent = silent };
    }
}
