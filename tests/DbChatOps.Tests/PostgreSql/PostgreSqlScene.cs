using DbChatOps.Host.Flow;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>A login of a test, with the password that its holder was shown.</summary>
public sealed record ManagedLoginHandle(string Name, uint Oid, Secret Password, AccessLevel Level);

/// <summary>The moves that stories about PostgreSQL logins are told with.</summary>
public abstract class PostgreSqlScene
{
    protected PostgreSqlScene(PostgreSqlStage stage)
    {
        stage.Pair.Require();
        Stage = stage;
        Server = stage.Pair.ToServer();
    }

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected PostgreSqlStage Stage { get; }

    protected PostgreSqlPair Pair => Stage.Pair;

    protected Server Server { get; init; }

    /// <summary>Made and handed over for half an hour.</summary>
    protected async Task<ManagedLoginHandle> MintAsync(AccessLevel level = AccessLevel.Read, Target? target = null)
    {
        var grant = new GrantId(Guid.CreateVersion7());
        var pin = await Stage.Engine.IdentifyAsync(Server, Ct);
        var made = (await Stage.Engine.EnsureAsync(
            new ProvisionLogin
            {
                Server = Server,
                Target = target ?? PostgreSqlStage.Orders,
                Level = level,
                Grant = grant,
                Login = LoginName.For("Ana", grant),
                Pin = pin,
                NotAfter = DateTimeOffset.UtcNow.AddMinutes(1),
            },
            Ct)).OrThrow();
        var password = Passwords.New();
        (await Stage.Engine.HandOverAsync(
            new HandOverLogin
            {
                Server = Server,
                Login = made.Login,
                Oid = made.Oid,
                Password = password,
                Expiry = DateTimeOffset.UtcNow.AddMinutes(30),
                Generation = 1,
                NotAfter = DateTimeOffset.UtcNow.AddMinutes(1),
                Pin = pin,
            },
            Ct)).OrThrow();
        return new ManagedLoginHandle(made.Login, made.Oid, password, level);
    }

    protected Task<NpgsqlConnection> ConnectAsync(ManagedLoginHandle login, string database = "orders", PostgreSqlNode? node = null) =>
        Stage.ConnectAsync(login.Name, login.Password, database, node);

    protected async Task<RevocationReport> StepAsync(ManagedLoginHandle login) => (await StepAsync([login])).ShouldHaveSingleItem();

    protected Task<IReadOnlyList<RevocationReport>> StepAsync(IReadOnlyList<ManagedLoginHandle> logins) =>
        Stage.Engine.EndAsync(
            new EndLogins { Server = Server, Logins = logins.Select(static l => new EndingLogin(l.Name, l.Oid) { Level = l.Level }).ToList() },
            Ct);

    /// <summary>Takes steps until it is proven, or <paramref name="steps"/> are used up.</summary>
    protected async Task<RevocationReport> EndAsync(ManagedLoginHandle login, int steps = 60)
    {
        var ended = 0;
        for (var step = 1; ; step++)
        {
            var report = await StepAsync(login);
            ended += report.SessionsEnded;
            if (step == steps || report.Stage == RevocationStage.ProvenGone)
            {
                return report with { SessionsEnded = ended };
            }
        }
    }

    /// <summary>
    /// What they come to, and not before a third step. On a busy machine a standby may miss a step's patience, which is exposed until it answers, and a step may end
    /// before it has cleared what a login left.
    /// </summary>
    protected async Task<IReadOnlyList<RevocationReport>> SettleAsync(params IReadOnlyList<ManagedLoginHandle> logins)
    {
        for (var step = 1; ; step++)
        {
            var reports = await StepAsync(logins);
            if (step == 40 || (step >= 3 && reports.All(static report => report.Stage != RevocationStage.Exposed && !report.Blockers.Any(IsPassing))))
            {
                return reports;
            }
        }
    }

    private static bool IsPassing(string blocker) =>
        blocker.Contains("is not read back on every node yet", StringComparison.Ordinal)
        || blocker.Contains("is in use by others", StringComparison.Ordinal)
        || blocker.Contains("is on its way to its heir", StringComparison.Ordinal);

    protected static async Task RunAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await command.ExecuteNonQueryAsync(Ct);
    }

    protected static async Task<object?> AskAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        return await command.ExecuteScalarAsync(Ct);
    }
}

public static class RevocationReportAssertions
{
    public static void ShouldBeProvenGone(this RevocationReport report) =>
        report.Stage.ShouldBe(RevocationStage.ProvenGone, string.Join("; ", report.Blockers));
}
