namespace DbChatOps.Host.Configuration.Reading;

/// <summary>What reading has found so far, shared by all readers of one configuration.</summary>
internal sealed class ReadingState
{
    public List<SettingProblem> Problems { get; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>False where nobody needs them, such as for printing a script: then no file is opened and no command is run.</summary>
    public bool FetchesSecrets { get; init; } = true;

    /// <summary>Paths whose values never enter a hash.</summary>
    public HashSet<string> SecretPaths { get; } = new(StringComparer.Ordinal);
}
