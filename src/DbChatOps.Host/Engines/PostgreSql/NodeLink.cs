using System.Globalization;
using DbChatOps.Chat;
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

    /// <summary>How late a standby applies commits, as it is set there (recovery_min_apply_delay); zero on a writer.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The part of <see cref="Delay"/> that the configuration declares: for so long nobody is paged.</summary>
    public TimeSpan DeclaredDelay => node.Delay is { } declared ? (declared < Delay ? declared : Delay) : TimeSpan.Zero;

    /// <summary>Whether all that this node still has to do for the login is to apply its lock or its drop, after a declared delay.</summary>
    public bool IsLateFor(EndingState login) =>
        DeclaredDelay > TimeSpan.Zero && Trouble is null && login.IsShut && !login.WasSeenOn(Name) && login.Closing.Awaited is { } awaited && awaited > ReplayedTo;

    /// <summary>Why the login is not clear here, in words for a DBA.</summary>
    public string Behind(EndingState login)
    {
        var awaits = !(login.Closing.LockedAt <= ReplayedTo);
        if (login.StartUpsOn(Name) is { Count: > 0 } startUps)
        {
            return string.Join("; ", startUps.Select(s => Behind(s)));
        }

        return Delay > TimeSpan.Zero && awaits && !login.WasSeenOn(Name)
            ? $"standby {Name} applies changes {PlainText.Duration(Delay)} late (recovery_min_apply_delay) and does not know of the lock yet"
                + (node.Delay is null ? "; the delay is not declared under Nodes" : string.Empty)
            : $"{Name}: sessions from before the lock are still there, or the lock is not replayed yet";
    }

    private string Behind(StartUp startUp)
    {
        var since = startUp.Since is { } begun ? $" since {begun.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}" : string.Empty;
        var fate = startUp switch
        {
            { Outcome: "signalled" or "ended" } => "The bot has told the server to end it.",
            { Outcome: { } refused } => $"The bot could not end it ({refused}).",
            { Since: not null } => "The bot ends it after authentication_timeout.",
            _ => "The bot cannot tell its age and leaves it alone.",
        };
        return $"{Name}: connection {startUp.ProcessId}, starting up{since}, may belong to this login. {fate} To end it now, as a superuser there: SELECT pg_terminate_backend({startUp.ProcessId})";
    }

    public ValueTask DisposeAsync() => connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}
