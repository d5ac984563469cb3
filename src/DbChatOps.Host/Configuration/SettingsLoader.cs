using DbChatOps.Host.Configuration.Reading;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration;

/// <summary>
/// Reads the configuration: the JSON file, then <c>conf.d/*.json</c> beside it in the order of their names, then environment variables that begin
/// with <c>DBCHATOPS__</c>.
/// </summary>
public sealed class SettingsLoader(string file, IEnumerable<KeyValuePair<string, string>> environment)
{
    /// <summary>Sections whose names are taken but which this release does not know yet.</summary>
    private static readonly IReadOnlyList<string> Later = ["Teams", "Incidents", "Runbooks", "Telemetry", "Web"];

    /// <summary>With the variables of this process.</summary>
    public static SettingsLoader ForProcess(string file) => new(
        file,
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? "")));

    /// <summary>The main file and those beside it, in the order in which they are read.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            var folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/", "conf.d");
            return [file, .. Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)] : Array.Empty<string>()];
        }
    }

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="InvalidSettingsException">Something is wrong; all problems at once.</exception>
    public Task<Settings> LoadAsync(CancellationToken ct) => LoadAsync(new ReadingState(), ct);

    /// <summary>The same, with every secret left empty: for what needs none, before all of them are in place.</summary>
    /// <exception cref="InvalidSettingsException">Something else is wrong; all problems at once.</exception>
    public Task<Settings> LoadWithoutSecretsAsync(CancellationToken ct) => LoadAsync(new ReadingState { FetchesSecrets = false }, ct);

    private async Task<Settings> LoadAsync(ReadingState state, CancellationToken ct)
    {
        var root = await ReadFilesAsync(state, ct);
        if (EnvironmentOverlay.Apply(root, environment, state.Problems) is not SettingNode.Branch overlaid || state.Problems.Count > 0)
        {
            throw new InvalidSettingsException(state.Problems);
        }

        var settings = await InterpretAsync(overlaid, state, ct);
        return state.Problems.Count == 0 ? settings : throw new InvalidSettingsException(state.Problems);
    }

    private async Task<SettingNode> ReadFilesAsync(ReadingState state, CancellationToken ct)
    {
        SettingNode root = await ReadFileAsync(file, null, state, ct);
        foreach (var included in Files.Skip(1))
        {
            root = SettingMerge.Of(root, await ReadFileAsync(included, $"conf.d/{Path.GetFileName(included)}", state, ct), "", state.Problems);
        }

        return root;
    }

    private static async Task<SettingNode.Branch> ReadFileAsync(string path, string? origin, ReadingState state, CancellationToken ct)
    {
        try
        {
            return SettingText.Parse(await File.ReadAllTextAsync(path, ct), Path.GetFileName(path), origin, state.Problems);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            state.Problems.Add(new SettingProblem(path, Unreadable.Because(path, fault)) { Origin = origin });
            return SettingNode.Nothing();
        }
    }

    private static async Task<Settings> InterpretAsync(SettingNode.Branch tree, ReadingState state, CancellationToken ct)
    {
        var root = new SettingReader(tree, "", state);
        var instance = await InstanceReading.ReadAsync(root, ct);
        var (mode, slack) = await SlackReading.ReadAsync(root, ct);
        var security = InstanceReading.ReadSecurity(root);
        var store = await InstanceReading.ReadStoreAsync(root, ct);
        var people = PeopleReading.ReadPeople(root);
        var groups = PeopleReading.ReadGroups(root, people);
        var servers = ServerReading.Read(root);
        var policies = PolicyReading.Read(root);
        var alerts = await AlertReading.ReadAsync(root, ct);
        root.Later(Later);
        root.Done();

        IReadOnlyList<Target> targets = [.. servers.SelectMany(server => server.Targets).Select(section => section.Target)];
        ServerChecks.Check(servers, await PasswordsAsync(servers, ct), state);
        var checks = new PolicyChecks(groups, people, targets, slack, state);
        checks.Check(policies);
        checks.CheckGroups(root, "Security", security.CutOffGroups);
        checks.CheckRealms(root);
        if (!security.AcceptChatOnly && targets.Any(target => target.Environment == TargetEnvironment.Production))
        {
            root.Wrong("Security", "AcceptChatOnly must be true while there are production targets: until step-up codes exist, whoever holds a chat account can approve and reveal");
        }

        if (state.Problems.Count > 0)
        {
            throw new InvalidSettingsException(state.Problems);
        }

        return new Settings
        {
            Instance = instance,
            SlackMode = mode,
            Slack = slack,
            Security = security,
            Store = store,
            Targets = new TargetBook([.. servers.Select(section => section.Server)], targets),
            Policies = new PolicyBook([.. policies.Select(section => section.Policy)], groups, people),
            AlertWebhookUrl = alerts.Url,
            AlertRoutingKey = alerts.RoutingKey,
            AlertSources = alerts.Sources,
            MinterSources = servers.Where(section => section.Password is not null).ToDictionary(section => section.Server.Id, section => section.Password!),
            SectionHashes = SectionHash.Of(tree, state.SecretPaths),
            Warnings = state.Warnings,
        };
    }

    /// <summary>Passwords that are at hand without running a command: a missing file is a problem now, and equal ones are found.</summary>
    private static async Task<IReadOnlyList<Secret?>> PasswordsAsync(IReadOnlyList<ServerSection> servers, CancellationToken ct)
    {
        var passwords = new List<Secret?>();
        foreach (var server in servers)
        {
            passwords.Add(server.Password is SecretSource.PrintedByCommand ? null : await SecretReading.FetchAsync(server.At, "Minter.Password", server.Password, ct));
        }

        return passwords;
    }

}
