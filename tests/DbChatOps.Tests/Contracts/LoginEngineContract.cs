using DbChatOps.Host.Flow;
using System.Data.Common;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Contracts;

/// <summary>What every <see cref="ILoginEngine"/> promises, tried on a real server.</summary>
public abstract class LoginEngineContract
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract ILoginEngine Engine { get; }

    protected abstract Server Server { get; }

    protected abstract Target Target { get; }

    /// <summary>The SQLSTATE with which this engine answers a password that it does not take.</summary>
    protected abstract string RefusedPassword { get; }

    /// <summary>Logs in as a person would.</summary>
    protected abstract Task<DbConnection> ConnectAsync(string login, Secret password);

    [Fact]
    public async Task A_new_login_cannot_log_in_yet()
    {
        var login = await MintAsync();

        var reading = await Engine.ReadAsync(Server, login.Login, Ct);
        reading.Presence.ShouldBe(LoginPresence.NoLogin);
        reading.Oid.ShouldBe(login.Oid);
        reading.Generation.ShouldBe(0);
    }

    [Fact]
    public async Task Making_the_same_login_again_finds_the_first()
    {
        var request = await RequestAsync();
        var first = (await Engine.EnsureAsync(request, Ct)).OrThrow();

        var again = (await Engine.EnsureAsync(request, Ct)).OrThrow();

        first.AlreadyThere.ShouldBeFalse();
        again.AlreadyThere.ShouldBeTrue();
        again.Oid.ShouldBe(first.Oid);
    }

    [Fact]
    public async Task A_login_of_another_grant_is_not_taken_over()
    {
        var request = await RequestAsync();
        (await Engine.EnsureAsync(request, Ct)).OrThrow();

        var refused = await Engine.EnsureAsync(request with { Grant = new GrantId(Guid.CreateVersion7()) }, Ct);

        refused.ShouldBeRefused("name_taken");
    }

    [Fact]
    public async Task No_login_is_made_after_its_not_after()
    {
        var request = await RequestAsync() with { NotAfter = DateTimeOffset.UtcNow.AddSeconds(-1) };

        (await Engine.EnsureAsync(request, Ct)).ShouldBeRefused("too_late");
        (await Engine.ReadAsync(Server, request.Login, Ct)).Presence.ShouldBe(LoginPresence.Absent);
    }

    [Fact]
    public async Task No_login_is_made_on_another_server_or_database()
    {
        var request = await RequestAsync();

        (await Engine.EnsureAsync(request with { Pin = request.Pin with { SystemIdentifier = "1" } }, Ct)).ShouldBeRefused("wrong_server");
        var moved = request.Pin.Databases.ToDictionary(static d => d.Key, static d => d.Value + 1, StringComparer.Ordinal);
        (await Engine.EnsureAsync(request with { Pin = request.Pin with { Databases = moved } }, Ct)).ShouldBeRefused("wrong_server");
    }

    [Fact]
    public async Task No_login_is_made_beyond_the_cap()
    {
        await MintAsync();
        var request = await RequestAsync();

        (await Engine.EnsureAsync(request with { Server = Server with { MaximumLiveGrants = 1 } }, Ct)).ShouldBeRefused("cap_reached");
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-20)]
    [Trait("Trap", "T-19")]
    public async Task No_login_is_made_when_the_clocks_differ(int seconds)
    {
        var request = await RequestAsync();
        var skewed = Server with { ServerTimeOffset = () => TimeSpan.FromSeconds(seconds) };

        (await Engine.EnsureAsync(request with { Server = skewed }, Ct)).ShouldBeRefused("clock_skew");
    }

    [Fact]
    public async Task After_the_hand_over_the_password_works_and_the_server_knows_the_end()
    {
        var login = await MintAsync();
        var expiry = DateTimeOffset.UtcNow.AddMinutes(30);

        var password = await HandOverAsync(login, generation: 1, expiry);

        await using var session = await ConnectAsync(login.Login, password);
        var reading = await Engine.ReadAsync(Server, login.Login, Ct);
        reading.Presence.ShouldBe(LoginPresence.Login);
        reading.Generation.ShouldBe(1);
        (reading.ValidUntil.ShouldNotBeNull() - expiry).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    [Trait("Trap", "T-03")]
    public async Task After_the_window_the_server_itself_refuses_the_password_though_nothing_ended_the_login()
    {
        var login = await MintAsync();
        var expiry = DateTimeOffset.UtcNow.AddSeconds(3);
        var password = await HandOverAsync(login, generation: 1, expiry);
        await using (await ConnectAsync(login.Login, password))
        {
            // It lets its holder in while the window runs.
        }

        var identity = await Engine.IdentifyAsync(Server, Ct);
        await ServerClock.WaitPast(expiry - (DateTimeOffset.UtcNow + identity.ClockSkew) + TimeSpan.FromMilliseconds(50), Ct);

        (await Should.ThrowAsync<DbException>(() => ConnectAsync(login.Login, password))).SqlState.ShouldBe(RefusedPassword);
        var reading = await Engine.ReadAsync(Server, login.Login, Ct);
        reading.Presence.ShouldBe(LoginPresence.Login);
        reading.ValidUntil.ShouldNotBeNull().ShouldBe(expiry, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_second_hand_over_replaces_the_password()
    {
        var login = await MintAsync();
        var first = await HandOverAsync(login, generation: 1);
        var second = await HandOverAsync(login, generation: 2);

        await Should.ThrowAsync<DbException>(() => ConnectAsync(login.Login, first));
        await using var session = await ConnectAsync(login.Login, second);
    }

    [Fact]
    public async Task An_older_hand_over_that_arrives_late_is_refused()
    {
        var login = await MintAsync();
        var second = await HandOverAsync(login, generation: 2);

        (await Engine.HandOverAsync(await HandOverOfAsync(login, generation: 1), Ct)).ShouldBeRefused("stale_generation");
        (await Engine.HandOverAsync(await HandOverOfAsync(login, generation: 2), Ct)).ShouldBeRefused("stale_generation");
        await using var session = await ConnectAsync(login.Login, second);
    }

    [Fact]
    public async Task No_password_is_set_after_its_not_after_or_after_the_window()
    {
        var login = await MintAsync();
        var handOver = await HandOverOfAsync(login, generation: 1);

        (await Engine.HandOverAsync(handOver with { NotAfter = DateTimeOffset.UtcNow.AddSeconds(-1) }, Ct)).ShouldBeRefused("too_late");
        (await Engine.HandOverAsync(handOver with { Expiry = DateTimeOffset.UtcNow.AddSeconds(-1) }, Ct)).ShouldBeRefused("too_late");
        (await Engine.HandOverAsync(handOver with { Pin = handOver.Pin with { SystemIdentifier = "1" } }, Ct)).ShouldBeRefused("wrong_server");
        (await Engine.HandOverAsync(handOver with { Oid = login.Oid + 1 }, Ct)).ShouldBeRefused("login_gone");
        (await Engine.ReadAsync(Server, login.Login, Ct)).Presence.ShouldBe(LoginPresence.NoLogin);
    }

    [Fact]
    [Trait("Trap", "T-20")]
    public async Task An_extension_keeps_the_open_session_and_the_password()
    {
        var login = await MintAsync();
        var password = await HandOverAsync(login, generation: 1, DateTimeOffset.UtcNow.AddMinutes(1));
        await using var session = await ConnectAsync(login.Login, password);
        var later = DateTimeOffset.UtcNow.AddMinutes(60);

        var extended = (await Engine.ExtendAsync(await ExtensionOfAsync(login, later), Ct)).OrThrow();

        (extended.ValidUntil - later).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
        (await AskAsync(session, "SELECT 1")).ShouldBe(1);
        await using var another = await ConnectAsync(login.Login, password);
    }

    [Fact]
    public async Task An_extension_never_shortens_and_needs_a_handed_over_login()
    {
        var login = await MintAsync();
        (await Engine.ExtendAsync(await ExtensionOfAsync(login, DateTimeOffset.UtcNow.AddMinutes(5)), Ct)).ShouldBeRefused("not_handed_over");

        var expiry = DateTimeOffset.UtcNow.AddMinutes(30);
        await HandOverAsync(login, generation: 1, expiry);
        var extended = (await Engine.ExtendAsync(await ExtensionOfAsync(login, expiry.AddMinutes(-10)), Ct)).OrThrow();

        (extended.ValidUntil - expiry).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
        (await Engine.ExtendAsync(await ExtensionOfAsync(login with { Login = "dbco_nobody_00000000" }, expiry), Ct)).ShouldBeRefused("login_gone");
    }

    [Fact]
    public async Task An_open_session_ends_and_the_login_is_proven_gone()
    {
        var login = await MintAsync();
        var password = await HandOverAsync(login, generation: 1);
        await using var session = await ConnectAsync(login.Login, password);

        var report = await EndAsync(login);

        report.Stage.ShouldBe(RevocationStage.ProvenGone, string.Join("; ", report.Blockers));
        report.SessionsEnded.ShouldBe(1);
        var proof = report.Proof.ShouldNotBeNull();
        proof.Oid.ShouldBe(login.Oid);
        proof.Nodes.Count.ShouldBe(Server.Nodes.Count);
        (proof.ProvenAt - DateTimeOffset.UtcNow).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(2));
        (await Engine.ReadAsync(Server, login.Login, Ct)).Presence.ShouldBe(LoginPresence.Absent);
        await Should.ThrowAsync<DbException>(() => AskAsync(session, "SELECT 1"));
        await Should.ThrowAsync<DbException>(() => ConnectAsync(login.Login, password));
    }

    [Fact]
    public async Task Ending_a_login_that_was_never_made_is_success()
    {
        var report = await EndAsync(new EndingLogin("dbco_nobody_zzzzzzzz", Oid: null));

        report.Stage.ShouldBe(RevocationStage.ProvenGone);
        report.Proof.ShouldNotBeNull().Oid.ShouldBe(0u);
    }

    [Fact]
    public async Task Ending_twice_is_success_twice()
    {
        var login = await MintAsync();
        (await EndAsync(login)).Stage.ShouldBe(RevocationStage.ProvenGone);

        (await EndAsync(login)).Stage.ShouldBe(RevocationStage.ProvenGone);
    }

    [Fact]
    [Trait("Trap", "T-20")]
    public async Task Ending_one_of_two_overlapping_grants_leaves_the_other_alone()
    {
        var first = await MintAsync();
        var second = await MintAsync();
        await HandOverAsync(first, generation: 1);
        var password = await HandOverAsync(second, generation: 1);
        await using var session = await ConnectAsync(second.Login, password);

        (await EndAsync(first)).Stage.ShouldBe(RevocationStage.ProvenGone);

        (await AskAsync(session, "SELECT 1")).ShouldBe(1);
        await using var another = await ConnectAsync(second.Login, password);
    }

    [Fact]
    public async Task No_credentials_are_set_for_a_login_that_is_gone()
    {
        var login = await MintAsync();
        var handOver = await HandOverOfAsync(login, generation: 1);
        await EndAsync(login);

        (await Engine.HandOverAsync(handOver, Ct)).ShouldBeRefused("login_gone");
    }

    [Fact]
    public async Task Our_logins_are_listed_with_their_grant()
    {
        var request = await RequestAsync();
        var login = (await Engine.EnsureAsync(request, Ct)).OrThrow();

        var listed = (await Engine.ListAsync(Server, Ct)).Single(l => l.Oid == login.Oid);

        listed.MacVerifies.ShouldBeTrue();
        listed.Grant.ShouldBe(request.Grant);
        listed.CanLogin.ShouldBeFalse();
    }

    [Fact]
    public async Task Open_sessions_are_observed()
    {
        var login = await MintAsync();
        var password = await HandOverAsync(login, generation: 1);
        await using var session = await ConnectAsync(login.Login, password);

        var observed = (await Engine.ObserveAsync(Server, [login.Login], Ct)).Sessions;

        observed.ShouldHaveSingleItem().Login.ShouldBe(login.Login);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_hides_its_own_sessions_only_and_is_named()
    {
        var login = await MintAsync();
        var password = await HandOverAsync(login, generation: 1);
        await using var session = await ConnectAsync(login.Login, password);
        var nowhere = Server.Nodes[0] with { Port = 1, Kind = NodeKind.Standby };

        var sight = await Engine.ObserveAsync(Server with { Nodes = [.. Server.Nodes, nowhere] }, [login.Login], Ct);

        sight.Sessions.ShouldHaveSingleItem().Login.ShouldBe(login.Login);
        sight.Silent.ShouldHaveSingleItem().Key.ShouldBe(nowhere.ToString());
        (await Engine.ObserveAsync(Server with { Nodes = [nowhere] }, [login.Login], Ct)).Sessions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_fault_not_a_refusal()
    {
        var nowhere = Server with { Nodes = [Server.Nodes[0] with { Port = 1 }] };

        await Should.ThrowAsync<TargetUnavailableException>(() => Engine.IdentifyAsync(nowhere, Ct));
        await Should.ThrowAsync<TargetUnavailableException>(() => Engine.EndAsync(new EndLogins { Server = nowhere, Logins = [new EndingLogin("dbco_a_b", 1)] }, Ct));
    }

    protected async Task<ProvisionLogin> RequestAsync(Target? target = null, AccessLevel level = AccessLevel.Read)
    {
        var grant = new GrantId(Guid.CreateVersion7());
        return new ProvisionLogin
        {
            Server = Server,
            Target = target ?? Target,
            Level = level,
            Grant = grant,
            Login = LoginName.For("Ana Lima", grant),
            Pin = await Engine.IdentifyAsync(Server, Ct),
            NotAfter = DateTimeOffset.UtcNow.AddMinutes(1),
        };
    }

    protected async Task<ProvisionedLogin> MintAsync(AccessLevel level = AccessLevel.Read, Target? target = null) =>
        (await Engine.EnsureAsync(await RequestAsync(target, level), Ct)).OrThrow();

    protected async Task<HandOverLogin> HandOverOfAsync(ProvisionedLogin login, int generation, DateTimeOffset? expiry = null) => new()
    {
        Server = Server,
        Login = login.Login,
        Oid = login.Oid,
        Password = Passwords.New(),
        Expiry = expiry ?? DateTimeOffset.UtcNow.AddMinutes(30),
        Generation = generation,
        NotAfter = DateTimeOffset.UtcNow.AddMinutes(1),
        Pin = await Engine.IdentifyAsync(Server, Ct),
    };

    protected async Task<Secret> HandOverAsync(ProvisionedLogin login, int generation, DateTimeOffset? expiry = null)
    {
        var password = Passwords.New();
        (await Engine.HandOverAsync(await HandOverOfAsync(login, generation, expiry) with { Password = password }, Ct)).OrThrow();
        return password;
    }

    /// <summary>Takes steps until it is proven, or <paramref name="steps"/> are used up.</summary>
    protected Task<RevocationReport> EndAsync(ProvisionedLogin login, int steps = 60) => EndAsync(new EndingLogin(login.Login, login.Oid), steps);

    protected async Task<RevocationReport> EndAsync(EndingLogin login, int steps = 60)
    {
        var ended = 0;
        for (var step = 1; ; step++)
        {
            var report = (await Engine.EndAsync(new EndLogins { Server = Server, Logins = [login] }, Ct)).ShouldHaveSingleItem();
            ended += report.SessionsEnded;
            if (step == steps || report.Stage == RevocationStage.ProvenGone)
            {
                return report with { SessionsEnded = ended };
            }
        }
    }

    protected static async Task<object?> AskAsync(DbConnection session, string sql)
    {
        await using var command = session.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Ct);
    }

    private async Task<ExtendLogin> ExtensionOfAsync(ProvisionedLogin login, DateTimeOffset expiry) => new()
    {
        Server = Server,
        Login = login.Login,
        Oid = login.Oid,
        Expiry = expiry,
        Pin = await Engine.IdentifyAsync(Server, Ct),
    };
}
