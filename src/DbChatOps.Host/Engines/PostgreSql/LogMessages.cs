namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>What the engine says about itself; everything about a grant goes into its reports.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "The shared lock table of server {Server} is full: session {ProcessId} of {Role}, which held {Locks} of them, was ended")]
    public static partial void EndedForItsLocks(this ILogger log, string server, int processId, string role, long locks);
}
