using System.Globalization;
using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Everything <c>check</c> wants to know about one server: is the set-up there, can access be ended and proven, what do the standing roles reach.</summary>
internal sealed class PostgreSqlInspection(PostgreSqlConnections connections, TimeProvider clock, PostgreSqlEngineOptions options, ReceiverWatch watch)
{
    private const int FacadeVersion = 4;
    private const int FacadeFunctions = 16;

    private readonly List<Finding> _findings = [];

    public async Task<ServerInspection> RunAsync(Server server, IReadOnlyList<Target> targets, CancellationToken ct)
    {
        await using var writer = await connections.OpenWriterAsync(server, ct);
        return await PostgreSqlFaults.GuardAsync(server.Nodes[0], async () =>
        {
            var identity = await writer.IdentifyAsync(server, clock, ct);
            if (identity.ClockSkew.Duration() > options.MaximumClockSkew)
            {
                var seconds = identity.ClockSkew.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
                Add(FindingSeverity.Error, "clock_skew", $"The clocks of bot and server differ by {seconds} s.");
            }

            if (ProofGaps.OfServer(writer.PostgreSqlVersion.Major) is { } gap)
            {
                _findings.Add(gap);
            }

            var facadeIsThere = await InspectSetUpAsync(server, writer, ct);
            if (facadeIsThere)
            {
                await InspectHeirsAsync(writer, ct);
            }

            await InspectHostRulesAsync(server.Nodes[0], writer, ct);
            await InspectStandbysAsync(server, writer, identity, ct);
            var roles = new StandingRoleInspection(targets.SelectMany(static t => t.Levels.Select(l => new StandingRoleUse(t, l.Key, l.Value))).ToList());
            await roles.JudgeAsync(writer, facadeIsThere, ct);
            var sawAll = await VisitDatabasesAsync(server, targets, writer, roles, ct);
            roles.ReportNeedlessAllowances(sawAll);
            return new ServerInspection { Identity = identity, Findings = [.. _findings, .. roles.Findings], AlsoReaches = roles.AlsoReaches };
        }, ct);
    }

    private async Task<bool> InspectSetUpAsync(Server server, NpgsqlConnection writer, CancellationToken ct)
    {
        var (schema, usage, functions, groups, recovering) = await writer.RowAsync(
            InspectionStatements.Setup,
            static row => (row.GetBoolean(0), row.GetBoolean(1), row.GetInt32(2), row.GetBoolean(3), row.GetBoolean(4)),
            ct);
        if (recovering)
        {
            Add(FindingSeverity.Error, "writer_is_standby", "The first node is in recovery: it is not the writer.");
        }

        if (!schema || !groups)
        {
            AddSetUp(server, "facade_missing", $"The facade is not installed in the admin database {server.AdminDatabase}.");
            return false;
        }

        if (!usage)
        {
            Add(FindingSeverity.Error, "facade_no_usage", "The bot may not use the facade's schema.",
                $"\\c {NpgsqlReading.Quote(writer.Database)}\nGRANT USAGE ON SCHEMA dbchatops TO dbchatops_bot;");
            return false;
        }

        if (functions < FacadeFunctions || await writer.RowAsync(InspectionStatements.FacadeVersion, static row => row.GetInt32(0), ct) != FacadeVersion)
        {
            AddSetUp(server, "facade_old", "The facade is of another version, or the bot may not execute all of it.");
            return false;
        }

        _findings.AddRange(await MinterInspection.JudgeAsync(writer, ct));
        return true;
    }

    private async Task InspectHeirsAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        foreach (var (heir, login, places) in await writer.RowsAsync(
            InspectionStatements.Heirs, static row => (row.GetString(0), row.GetString(1), row.TextOrNull(2)), ct))
        {
            Add(FindingSeverity.Note, "leftovers_kept",
                places is null
                    ? $"{heir} owns nothing any more."
                    : $"{heir} owns what {(login.Length == 0 ? "temporary logins of an earlier set-up" : login)} left behind in: {places}. Look at it, then take it over or drop it there.",
                places is null ? $"DROP ROLE {NpgsqlReading.Quote(heir)};" : null);
        }
    }

    private async Task InspectHostRulesAsync(ServerNode node, NpgsqlConnection connection, CancellationToken ct)
    {
        try
        {
            var rules = await connection.RowsAsync(
                InspectionStatements.HostRules,
                static row => new HostRule(row.GetString(0), row.GetFieldValue<string[]>(1), row.GetFieldValue<string[]>(2), row.GetString(3), row.GetString(4))
                {
                    Line = row.GetInt32(5),
                    File = row.GetString(6),
                    Netmask = row.GetString(7),
                },
                ct);
            if (HostRules.FirstUnbound(rules) is { } unbound)
            {
                _findings.Add(new Finding
                {
                    Severity = FindingSeverity.Warning,
                    Code = "dead_man_unbound",
                    Message = $"{node}: line {unbound.Line} of {unbound.File} ({unbound}) lets temporary logins in by {unbound.Method}, which no expiry stops.",
                    Cure = HostRules.Binding,
                    CureIn = $"first in pg_hba.conf of {node}, then pg_ctl reload",
                });
            }
        }
        catch (PostgresException fault) when (fault.SqlState is PostgreSqlFaults.InsufficientPrivilege)
        {
            Add(FindingSeverity.Warning, "dead_man_unverified", $"{node}: the bot may not read pg_hba.conf: whether the server itself ends password logins there is unverified.",
                $"\\c {NpgsqlReading.Quote(connection.Database)}\nGRANT SELECT ON pg_catalog.pg_hba_file_rules TO dbchatops_bot; GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO dbchatops_bot;");
        }
    }

    private async Task InspectStandbysAsync(Server server, NpgsqlConnection writer, ServerIdentity identity, CancellationToken ct)
    {
        // The writer's connection belongs to the caller; only the standbys' are closed here.
        var standbys = new List<NodeLink>();
        try
        {
            foreach (var node in server.Nodes.Skip(1))
            {
                try
                {
                    standbys.Add(new NodeLink(node, await connections.OpenAsync(server, node, server.AdminDatabase, ct), trouble: null));
                }
                catch (TargetUnavailableException fault)
                {
                    standbys.Add(new NodeLink(node, connection: null, $"standby {fault.Message}"));
                }
            }

            NodeLink[] nodes = [new NodeLink(server.Nodes[0], writer, trouble: null), .. standbys];
            await new ReplicationReading(identity.SystemIdentifier).RefreshAsync(nodes, ct);
            NameReceivers(await ReplicationReading.UnlistedAsync(nodes, server.Id, watch, ct));

            // Each standby has a pg_hba.conf of its own.
            foreach (var standby in standbys)
            {
                await ReplicationReading.OnNodeAsync(standby, connection => InspectHostRulesAsync(standby.Node, connection, ct), ct);
                if (StandbyDelay.FindingOf(standby) is { } delayed)
                {
                    _findings.Add(delayed);
                }

                if (standby.Trouble is { } trouble)
                {
                    Add(FindingSeverity.Warning, "standby_unreachable",
                        $"{trouble}. Grants stay open until it can be read, and whether it binds temporary logins to passwords is unverified.");
                }
            }
        }
        finally
        {
            foreach (var standby in standbys)
            {
                await standby.DisposeAsync();
            }
        }
    }

    private void NameReceivers(Receivers receivers)
    {
        foreach (var standby in receivers.Standbys)
        {
            Add(FindingSeverity.Error, "standby_not_listed", $"{standby}. No grant here could be proven gone; list it under Nodes.");
        }

        foreach (var archiver in receivers.Archivers)
        {
            Add(FindingSeverity.Note, "wal_archiver", $"{archiver}: a WAL archiver. It lets nobody log in and needs no entry under Nodes.");
        }

        // No error: most are archivers, and an ending that meets one waits until it is known.
        foreach (var undecided in receivers.Undecided)
        {
            Add(FindingSeverity.Note, "wal_archiver", $"{undecided}. A WAL archiver needs no entry under Nodes; a standby does.");
        }
    }

    /// <summary>Returns whether all of them, and those of all targets, could be looked into.</summary>
    private async Task<bool> VisitDatabasesAsync(
        Server server, IReadOnlyList<Target> targets, NpgsqlConnection writer, StandingRoleInspection roles, CancellationToken ct)
    {
        var sawAll = true;
        var guarded = targets.Select(static t => t.Database).ToHashSet(StringComparer.Ordinal);
        var databases = await writer.RowsAsync(
            InspectionStatements.Databases, static row => (Name: row.GetString(0), MayEnter: row.GetBoolean(1), Open: row.GetBoolean(2)), ct);
        foreach (var missing in guarded.Except(databases.Select(static d => d.Name), StringComparer.Ordinal))
        {
            sawAll = false;
            Add(FindingSeverity.Error, "database_missing", $"There is no database {missing} on this server.", about: LevelsOf(targets, missing));
        }

        foreach (var (name, mayEnter, open) in databases)
        {
            if (open)
            {
                Add(FindingSeverity.Note, "public_connect",
                    $"PUBLIC may enter database {name}: so may every temporary login. Whoever else enters it needs CONNECT of their own before it is taken from PUBLIC.",
                    $"{AdmitBot(server, name)} REVOKE CONNECT ON DATABASE {NpgsqlReading.Quote(name)} FROM PUBLIC;");
            }

            if (!mayEnter)
            {
                sawAll = false;
                Add(guarded.Contains(name) ? FindingSeverity.Error : FindingSeverity.Warning, "cannot_enter_database",
                    $"The bot may not enter database {name}: it can neither see what is reachable there nor clear what a login leaves.",
                    AdmitBot(server, name),
                    LevelsOf(targets, name));
                continue;
            }

            try
            {
                await using var connection = await connections.OpenAsync(server, server.Nodes[0], name, ct);
                await roles.VisitAsync(connection, name, ct);
            }
            catch (Exception fault) when (Answer(fault) is { } answer)
            {
                sawAll = false;

                // Its owner can do this, so it must not refuse what is elsewhere.
                Add(guarded.Contains(name) ? FindingSeverity.Error : FindingSeverity.Warning, "cannot_enter_database",
                    $"The server does not let the bot look into database {name} ({answer}): what is reachable there was not looked at, and what a login leaves there cannot be cleared.",
                    answer is PostgresErrorCodes.TooManyConnections ? $"ALTER DATABASE {NpgsqlReading.Quote(name)} CONNECTION LIMIT -1;" : null,
                    LevelsOf(targets, name));
            }
        }

        return sawAll;
    }

    /// <summary>The SQLSTATE with which the server refused this database; null when it said nothing, or that it goes away.</summary>
    private static string? Answer(Exception fault) =>
        ((fault as PostgresException)?.SqlState ?? (fault.InnerException as ServerErrorException)?.Code) is { } code && !PostgreSqlFaults.EndsConnection(code) ? code : null;

    private static string AdmitBot(Server server, string database) =>
        $"GRANT CONNECT ON DATABASE {NpgsqlReading.Quote(database)} TO {NpgsqlReading.Quote(server.Minter.User)};";

    private void AddSetUp(Server server, string code, string message) => _findings.Add(new Finding
    {
        Severity = FindingSeverity.Error,
        Code = code,
        Message = message,
        Cure = PostgreSqlSetUp.ShellLines(server),
        CureIn = "in a shell, psql as a superuser of that server",
    });

    /// <summary>What a finding about one database concerns.</summary>
    private static string[] LevelsOf(IReadOnlyList<Target> targets, string database) =>
        targets.Where(target => string.Equals(target.Database, database, StringComparison.Ordinal))
            .SelectMany(static target => target.Levels.Select(level => new StandingRoleUse(target, level.Key, level.Value).Key))
            .ToArray();

    private void Add(FindingSeverity severity, string code, string message, string? cure = null, IReadOnlyList<string>? about = null) =>
        _findings.Add(new Finding { Severity = severity, Code = code, Message = message, Cure = cure, About = about });
}
