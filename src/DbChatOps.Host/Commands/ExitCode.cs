namespace DbChatOps.Host.Commands;

/// <summary>What every command's exit code means.</summary>
public static class ExitCode
{
    public const int Fine = 0;
    public const int Findings = 1;
    public const int CouldNotRun = 2;
}
