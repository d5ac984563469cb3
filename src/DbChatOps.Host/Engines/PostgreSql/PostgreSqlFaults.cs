using System.Net.Sockets;
using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Sorts what the driver throws, by SQLSTATE only: message texts are translated. The facade's own states are in its script.</summary>
internal static class PostgreSqlFaults
{
    public const string InsufficientPrivilege = "42501";

    /// <summary>A "no" that people can act on, or null for a fault.</summary>
    public static Refusal? AsRefusal(PostgresException fault) => fault.SqlState switch
    {
        "DC001" => new Refusal("name_taken", "A role of this name exists that is not ours. A DBA must look at it."),
        "DC002" => new Refusal("role_not_listed", "The server's set-up does not lend this standing role: it is not listed there, or it or a role that it reaches has power, an ADMIN option or LOGIN. A DBA can run `check`, then `check --print-setup`."),
        "DC003" => new Refusal("too_late", "It took too long to reach the server. Nothing was done; ask again."),
        "DC004" => new Refusal("cap_reached", "The server has as many temporary logins as it may have. End one first."),
        "DC005" => new Refusal("window_too_long", "The server's set-up does not allow so long a window."),
        "DC007" => new Refusal("stale_generation", "Newer credentials were asked for already."),
        "DC012" => new Refusal("name_used", "The server has made a login of this name before, so the bot's store may be an old copy. Nothing was done."),
        "DC013" => new Refusal("limit_out_of_range", "A time-out or connection limit of this level is outside what the server's set-up allows."),
        "DC014" => new Refusal("login_changed", "Somebody gave this login power on the server. Nothing was done; end it and ask a DBA why."),
        "DC015" => new Refusal("end_not_stored", "The server did not store the end of the window as asked. Nothing was done; a DBA must look at it."),
        "DC016" => new Refusal("role_held", "An open transaction on the server is granting or revoking this standing role. The bot retries; a DBA can end that transaction."),
        "DC008" => new Refusal("login_locked", "This login is locked on the server."),
        "DC009" => new Refusal("login_gone", "The login is gone from the server."),
        "DC010" => new Refusal("not_handed_over", "Nobody was given this login yet."),
        // Schema, function or table missing, or not for us to use.
        "3F000" or "42883" or "42P01" or InsufficientPrivilege =>
            new Refusal("setup_missing", "The server's set-up is missing or old. Run `check --print-setup`."),
        _ => null,
    };

    /// <summary>True for everything after which the outcome is unknown or a later attempt may succeed.</summary>
    public static bool IsConnectionFault(Exception fault, CancellationToken ct) => fault switch
    {
        PostgresException or FullLockTableException => true,
        NpgsqlException or SocketException or IOException or TimeoutException or System.Security.Authentication.AuthenticationException => true,
        OperationCanceledException => !ct.IsCancellationRequested,
        _ => false,
    };

    /// <summary>The server goes away, or somebody ended this very session: nothing more can be asked over it.</summary>
    public static bool EndsConnection(string code) => code.StartsWith("57P", StringComparison.Ordinal);

    /// <summary>The same as an exception that may be logged: an error of the server is reduced to its code.</summary>
    public static TargetUnavailableException Unavailable(string message, Exception fault) =>
        new(message, ErrorIn(fault) is { } error ? new ServerErrorException(error.SqlState) : fault);

    /// <summary>SQLSTATE, or the kind of trouble below it. Never the message: it may quote values.</summary>
    public static string Code(Exception fault) => fault switch
    {
        PostgresException server => server.SqlState,
        FullLockTableException => PostgresErrorCodes.OutOfMemory,
        SocketException socket => socket.SocketErrorCode.ToString(),
        { InnerException: SocketException socket } => socket.SocketErrorCode.ToString(),
        { InnerException: TimeoutException } or TimeoutException or OperationCanceledException => "timeout",
        _ => fault.GetType().Name,
    };

    /// <summary>Runs one exchange with a server and turns the driver's exceptions into ours.</summary>
    public static async Task<T> GuardAsync<T>(ServerNode node, Func<Task<T>> exchange, CancellationToken ct)
    {
        try
        {
            return await exchange();
        }
        catch (Exception fault) when (IsConnectionFault(fault, ct))
        {
            throw Unavailable($"{node} did not answer as expected ({Code(fault)})", fault);
        }
    }

    // The driver wraps the server's error when a statement was cancelled.
    private static PostgresException? ErrorIn(Exception? fault) => fault switch
    {
        null => null,
        PostgresException error => error,
        _ => ErrorIn(fault.InnerException),
    };
}

/// <summary>An error of the server, reduced to its SQLSTATE: exceptions are logged, and message, detail and context may quote values.</summary>
internal sealed class ServerErrorException(string code) : Exception($"the server answered with error {code}")
{
    /// <summary>The SQLSTATE.</summary>
    public string Code { get; } = code;
}
