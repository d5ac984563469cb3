using DbChatOps.Targets;

namespace DbChatOps.Tests.Flow;

/// <summary>A server of temporary logins in memory, told by a test how to answer. It keeps the fences of the port: the moment after which nothing is made, and the generation.</summary>
internal sealed class ScriptedEngine(TimeProvider clock) : ILoginEngine
{
    public Dictionary<string, ManagedLogin> Logins { get; } = new(StringComparer.Ordinal);

    public List<ProvisionLogin> Made { get; } = [];

    public List<HandOverLogin> HandedOver { get; } = [];

    public List<ExtendLogin> Extended { get; } = [];

    public List<EndingLogin> Ended { get; } = [];

    public List<EndGhosts> GhostsEnded { get; } = [];

    /// <summary>Calls of any kind that change or read logins.</summary>
    public int Calls { get; private set; }

    public ServerIdentity Identity { get; set; } = Access.AccessGiven.Identity;

    public IReadOnlyList<Finding> Findings { get; set; } = [];

    /// <summary>The server does not answer.</summary>
    public bool IsDown { get; set; }

    /// <summary>What making, handing over and extending are refused with.</summary>
    public Refusal? Refuses { get; set; }

    /// <summary>How far one step of ending comes.</summary>
    public RevocationStage Reaches { get; set; } = RevocationStage.ProvenGone;

    /// <summary>Runs after the logins were read for a list, and before the list is returned.</summary>
    public Func<Task> WhileListing { get; set; } = static () => Task.CompletedTask;

    /// <summary>Runs before a look at the set-up is answered.</summary>
    public Func<Task> WhileInspecting { get; set; } = static () => Task.CompletedTask;

    /// <summary>What the session views show.</summary>
    public IReadOnlyList<LoginSession> Sessions { get; set; } = [];

    public Task<ServerIdentity> IdentifyAsync(Server server, CancellationToken ct) => Task.FromResult(Answering(Identity));

    public async Task<ServerInspection> InspectAsync(Server server, IReadOnlyList<Target> targets, CancellationToken ct)
    {
        await WhileInspecting();
        return Answering(new ServerInspection
        {
            Identity = Identity, Findings = Findings, AlsoReaches = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal),
        });
    }

    public Task<Result<ProvisionedLogin>> EnsureAsync(ProvisionLogin request, CancellationToken ct)
    {
        Answering(request);
        Made.Add(request);
        if (Refuses is { } refusal)
        {
            return Task.FromResult<Result<ProvisionedLogin>>(refusal);
        }

        if (request.NotAfter <= clock.GetUtcNow())
        {
            return Task.FromResult<Result<ProvisionedLogin>>(new Refusal("too_late", "The time for it is over."));
        }

        Put(request.Login, request.Grant);
        return Task.FromResult<Result<ProvisionedLogin>>(new ProvisionedLogin { Login = request.Login, Oid = 20001, ClockSkew = TimeSpan.Zero });
    }

    public Task<Result<HandedOver>> HandOverAsync(HandOverLogin request, CancellationToken ct)
    {
        Answering(request);
        HandedOver.Add(request);
        if (Refuses is { } refusal)
        {
            return Task.FromResult<Result<HandedOver>>(refusal);
        }

        Logins[request.Login] = Logins[request.Login] with { CanLogin = true, Generation = request.Generation, ValidUntil = request.Expiry };
        return Task.FromResult<Result<HandedOver>>(new HandedOver { ValidUntil = request.Expiry });
    }

    public Task<Result<HandedOver>> ExtendAsync(ExtendLogin request, CancellationToken ct)
    {
        Answering(request);
        Extended.Add(request);
        return Task.FromResult(Refuses is { } refusal ? (Result<HandedOver>)refusal : new HandedOver { ValidUntil = request.Expiry });
    }

    public Task<LoginReading> ReadAsync(Server server, string login, CancellationToken ct) => Task.FromResult(Answering(Logins.GetValueOrDefault(login) is { } known
        ? new LoginReading
        {
            Presence = known.CanLogin ? LoginPresence.Login : LoginPresence.NoLogin,
            Oid = known.Oid,
            Generation = known.Generation,
            ValidUntil = known.ValidUntil,
        }
        : new LoginReading { Presence = LoginPresence.Absent }));

    public Task<IReadOnlyList<RevocationReport>> EndAsync(EndLogins request, CancellationToken ct)
    {
        Answering(request);
        Ended.AddRange(request.Logins);
        return Task.FromResult<IReadOnlyList<RevocationReport>>([.. request.Logins.Select(ReportOf)]);
    }

    public async Task<IReadOnlyList<ManagedLogin>> ListAsync(Server server, CancellationToken ct)
    {
        var found = Answering<IReadOnlyList<ManagedLogin>>([.. Logins.Values]);
        await WhileListing();
        return found;
    }

    /// <summary>What the server's own record says, newest first.</summary>
    public List<MintedLogin> Minted { get; } = [];

    public Task<IReadOnlyList<MintedLogin>> NewestMintsAsync(Server server, int count, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<MintedLogin>>([.. Minted.Take(count)]);

    public Task StandReadyAsync(Server server, bool wanted, CancellationToken ct) => Task.CompletedTask;

    public Task<IReadOnlyList<GhostSession>> EndGhostsAsync(EndGhosts request, CancellationToken ct)
    {
        GhostsEnded.Add(Answering(request));
        return Task.FromResult<IReadOnlyList<GhostSession>>([]);
    }

    public Task<SessionSight> ObserveAsync(Server server, IReadOnlyList<string> logins, CancellationToken ct) =>
        Task.FromResult(Answering(new SessionSight { Sessions = [.. Sessions.Where(session => logins.Contains(session.Login, StringComparer.Ordinal))] }));

    public void Put(string login, GrantId? grant = null, int generation = 0, bool macVerifies = true, bool isLocked = false) => Logins[login] = new ManagedLogin
    {
        Name = login, Oid = 20001, MacVerifies = macVerifies, Grant = grant, CanLogin = generation > 0 && !isLocked, Generation = generation, IsLocked = isLocked,
    };

    private RevocationReport ReportOf(EndingLogin login)
    {
        if (Reaches != RevocationStage.ProvenGone)
        {
            return new RevocationReport { Login = login.Name, Stage = Reaches, Blockers = ["standby db-2:5432 cannot be reached"] };
        }

        Logins.Remove(login.Name);
        return new RevocationReport
        {
            Login = login.Name,
            Stage = RevocationStage.ProvenGone,
            Proof = new RevocationProof { Login = login.Name, Oid = login.Oid ?? 0, ProvenAt = clock.GetUtcNow(), Nodes = ["localhost:5432"] },
        };
    }

    private T Answering<T>(T answer)
    {
        Calls++;
        return IsDown ? throw new TargetUnavailableException("the connection was refused") : answer;
    }
}
