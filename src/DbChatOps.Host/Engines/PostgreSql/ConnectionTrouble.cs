using System.Net.Sockets;
using System.Security.Authentication;
using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Why a connection did not come about, and what helps. What a server answered was reached; only silence and refused packets were not.</summary>
internal static class ConnectionTrouble
{
    /// <summary>Goes on after the node's name; the code in brackets is a SQLSTATE or the kind of trouble below it.</summary>
    public static string InWords(Exception fault, Server server, string database)
    {
        var user = server.Minter.User;
        var code = PostgreSqlFaults.Code(fault);
        return (code, fault) switch
        {
            ("28P01", PostgresException) =>
                $"refused the password of {user} ({code}): \\password {user} in psql, then the same where Minter.Password points. Before the set-up script has run there is no such login either",
            ("28000", PostgresException) =>
                $"does not let {user} in ({code}): no line of its pg_hba.conf admits it from here with a password, or {user} may not log in",
            ("3D000", PostgresException) when string.Equals(database, server.AdminDatabase, StringComparison.Ordinal) =>
                $"has no database {database} ({code}): createdb {database}, then run the set-up script there, or correct AdminDatabase",
            ("3D000", PostgresException) => $"has no database {database} ({code})",
            (PostgreSqlFaults.InsufficientPrivilege, PostgresException) =>
                $"does not let {user} into database {database} ({code}): GRANT CONNECT ON DATABASE {NpgsqlReading.Quote(database)} TO {NpgsqlReading.Quote(user)};",
            ("53300", PostgresException) => $"has no connection left ({code}): raise max_connections or the connection limit of {user}, or close some",
            ("57P03", PostgresException) => $"cannot be reached: it is starting, stopping or recovering ({code})",
            (nameof(SocketError.HostNotFound) or nameof(SocketError.TryAgain) or nameof(SocketError.NoData), _) =>
                $"cannot be reached: this machine finds no host of that name ({code}); look at Nodes and at DNS",
            (nameof(SocketError.ConnectionRefused), _) =>
                $"cannot be reached: the connection was refused ({code}); is PostgreSQL running there, on this port, and does listen_addresses include the address?",
            ("timeout" or nameof(SocketError.TimedOut), _) =>
                $"cannot be reached: no answer in time ({code}); a firewall between, a wrong address, or a server that hangs",
            (_, { InnerException: AuthenticationException } or AuthenticationException) =>
                "cannot be reached: its certificate does not hold for this name (TLS); look at CaFile, and at the name under Nodes",
            (_, NpgsqlException { InnerException: null } and not PostgresException) =>
                $"cannot be reached: it broke off, as a server does that offers no TLS ({code}); ssl = on in its postgresql.conf, for only loopback goes without",
            _ => $"cannot be reached ({code})",
        };
    }
}
