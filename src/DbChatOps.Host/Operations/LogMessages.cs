namespace DbChatOps.Host.Operations;

/// <summary>What the program says about itself.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "Alert {Alert} was answered with {Status}; it is tried again")]
    public static partial void AlertRefused(this ILogger log, string alert, int status);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Alert {Alert} could not be sent ({Fault}); it is tried again")]
    public static partial void AlertNotSent(this ILogger log, string alert, string fault);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Ready: {Targets} targets on {Servers} servers")]
    public static partial void Ready(this ILogger log, int targets, int servers);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Configuration: {Warning}")]
    public static partial void ConfigurationWarning(this ILogger log, string warning);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Error, Message = "The new configuration is invalid; the old one stays in force: {Problem}")]
    public static partial void ReloadRefused(this ILogger log, string problem);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Information, Message = "Configuration reloaded: {Change}")]
    public static partial void Reloaded(this ILogger log, string change);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "Slack cannot be reached: {Fault}")]
    public static partial void SlackUnreachable(this ILogger log, string fault);
}
