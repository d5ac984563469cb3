namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>Who types the host's commands.</summary>
internal static class Operator
{
    /// <summary>By the account that this process runs as; behind <c>sudo</c>, by the account that called it.</summary>
    public static Principal Here { get; } =
        Principal.Operator(PersonId.Operator(Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } caller ? caller : Environment.UserName));
}
