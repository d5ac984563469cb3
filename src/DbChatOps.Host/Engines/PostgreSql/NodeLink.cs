using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One listed node during one step: connected, or with the reason why not.</summary>
internal sealed class NodeLink(ServerNode node, NpgsqlConnection? connection, string? trouble) : IAsyncDisposable
{
    public ServerNode Node => node;

    public string Name { get; } = node.ToString();

    public bool IsWriter => node.Kind == NodeKind.Writer;

    /// <summary>Absent exactly when there is <see cref="Trouble"/> from the start.</summary>
    public NpgsqlConnection? Connection => connection;

    /// <summary>Why this node cannot be read, in words for a DBA.</summary>
    public string? Trouble { get; set; } = trouble;

    /// <summary>How far a standby has replayed; a writer is always far enough.</summary>
    public long ReplayedTo { get; set; } = node.Kind == NodeKind.Writer ? long.MaxValue : -1;

    /// <summary>Where a standby streams from; absent while it does not.</summary>
    public Upstream? Upstream { get; set; }

    public string? Address { get; set; }

    public ValueTask DisposeAsync() => connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}
