namespace DbChatOps.Host.Configuration;

/// <summary>One thing that is wrong with the configuration: where, and what would be right. Never holds a secret's value.</summary>
public sealed record SettingProblem(string Path, string Reason)
{
    /// <summary>The included file or the environment variable that it stands in; absent for the main file.</summary>
    public string? Origin { get; init; }

    public override string ToString() => Origin is null ? $"{Path}: {Reason}" : $"{Path}: {Reason} [{Origin}]";
}

/// <summary>The configuration cannot be used. All problems at once, so that one edit can cure them.</summary>
public sealed class InvalidSettingsException(IReadOnlyList<SettingProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<SettingProblem> Problems { get; } = problems;
}
