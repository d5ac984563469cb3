namespace DbChatOps.Host.Operations;

/// <summary>What the program says about itself.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "The operator's request about {Subject} was refused: {Code}")]
    public static partial void OperatorRefused(this ILogger log, string subject, string code);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Alert {Alert} was not taken, {Why}; it is tried again")]
    public static partial void AlertNotSent(this ILogger log, string alert, string why);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "DbChatOps {Version}. Configuration read: {Targets} targets on {Servers} servers")]
    public static partial void ConfigurationRead(this ILogger log, string version, int targets, int servers);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Configuration: {Warning}")]
    public static partial void ConfigurationWarning(this ILogger log, string warning);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Error, Message = "The new configuration is invalid; the old one stays in force: {Problem}")]
    public static partial void ReloadRefused(this ILogger log, string problem);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Information, Message = "Configuration reloaded: {Change}")]
    public static partial void Reloaded(this ILogger log, string change);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "Not ready yet, and tried again: {Fault}")]
    public static partial void SlackUnreachable(this ILogger log, string fault);

    [LoggerMessage(EventId = 3008, Level = LogLevel.Critical, Message = "Only ending access from here on: {Why}")]
    public static partial void EndingOnly(this ILogger log, string why);

    [LoggerMessage(EventId = 3009, Level = LogLevel.Warning, Message = "The ledger can be written again")]
    public static partial void EndingOnlyOver(this ILogger log);

    [LoggerMessage(EventId = 3010, Level = LogLevel.Error, Message = "This line could not be noted beside the store ({Why}): {Line}")]
    public static partial void NotSpooled(this ILogger log, string line, string why);

    [LoggerMessage(EventId = 3011, Level = LogLevel.Warning, Message = "{Lines} endings that were noted without the ledger were taken over into it")]
    public static partial void SpoolTaken(this ILogger log, int lines);

    [LoggerMessage(EventId = 3012, Level = LogLevel.Warning, Message = "{Login} on {Server} is over and was worked without the ledger: {Stage}")]
    public static partial void EndedOutside(this ILogger log, string login, string server, string stage);

    [LoggerMessage(EventId = 3013, Level = LogLevel.Warning, Message = "Server {Server} does not answer: {Why}")]
    public static partial void ServerSilent(this ILogger log, string server, string why);

    [LoggerMessage(EventId = 3014, Level = LogLevel.Error, Message = "The last good targets could not be kept beside the store: {Why}")]
    public static partial void LastGoodNotKept(this ILogger log, string why);

    [LoggerMessage(EventId = 3015, Level = LogLevel.Error, Message = "{Why}")]
    public static partial void OwedServer(this ILogger log, string why);

    [LoggerMessage(EventId = 3016, Level = LogLevel.Information, Message = "Told to read the configuration again")]
    public static partial void ReloadAsked(this ILogger log);

    [LoggerMessage(EventId = 3017, Level = LogLevel.Error, Message = "The configuration could not be read again; the old one stays in force")]
    public static partial void ReloadFailed(this ILogger log, Exception fault);

    [LoggerMessage(EventId = 3018, Level = LogLevel.Information, Message = "Listening on {Addresses}")]
    public static partial void Listening(this ILogger log, string addresses);

    [LoggerMessage(EventId = 3019, Level = LogLevel.Information, Message = "Ready: requests are taken")]
    public static partial void Ready(this ILogger log);

    [LoggerMessage(EventId = 3020, Level = LogLevel.Information, Message = "Stopping; what is under way is brought to its end")]
    public static partial void Stopping(this ILogger log);

    [LoggerMessage(EventId = 3021, Level = LogLevel.Information, Message = "Stopped in order")]
    public static partial void Stopped(this ILogger log);
}
