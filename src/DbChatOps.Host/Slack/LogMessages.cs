using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>What the Slack adapter writes to the log: kinds, methods and codes; never a payload, token, address or text of a person.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(2001, LogLevel.Warning, "Refused a request to {Path}: missing, wrong or stale signature")]
    public static partial void SignatureRefused(this ILogger log, string path);

    [LoggerMessage(2002, LogLevel.Warning, "Refused {What}")]
    public static partial void ForeignPayloadRefused(this ILogger log, string what);

    [LoggerMessage(2003, LogLevel.Debug, "Nothing to do for {What}")]
    public static partial void PayloadIgnored(this ILogger log, string what);

    [LoggerMessage(2004, LogLevel.Warning, "Refused a malformed payload: {Why}")]
    public static partial void PayloadMalformed(this ILogger log, string why);

    [LoggerMessage(2005, LogLevel.Error, "Slack drops events for us: more than 30,000 in an hour")]
    public static partial void EventsWereDropped(this ILogger log);

    [LoggerMessage(2006, LogLevel.Error, "A delivery ({Kind}) could not be stored and was not acknowledged")]
    public static partial void DeliveryNotStored(this ILogger log, DeliveryKind kind);

    [LoggerMessage(2007, LogLevel.Error, "An answer of kind {Acknowledgement} cannot be shown for {Kind}")]
    public static partial void AnswerNotShown(this ILogger log, string acknowledgement, DeliveryKind kind);

    [LoggerMessage(2008, LogLevel.Warning, "The answer to {Kind} did not reach the person: {Why}")]
    public static partial void AnswerLost(this ILogger log, DeliveryKind kind, string why);

    [LoggerMessage(2009, LogLevel.Warning, "Slack {Method} failed: {Why}; {Calls} calls in a row so far")]
    public static partial void CallFailed(this ILogger log, string method, string why, int calls);

    [LoggerMessage(2019, LogLevel.Information, "Slack answers again; {Calls} calls failed in {Outage}")]
    public static partial void SlackIsBack(this ILogger log, int calls, TimeSpan outage);

    [LoggerMessage(2020, LogLevel.Information, "Slack asks for patience with {Method}: {Wait}")]
    public static partial void AskedForPatience(this ILogger log, string method, TimeSpan wait);

    [LoggerMessage(2021, LogLevel.Error, "Slack does not take the bot's token any more: {Code}")]
    public static partial void TokenDied(this ILogger log, string code);

    [LoggerMessage(2011, LogLevel.Information, "A socket to Slack is open: {Open} of ours, {Counted} by Slack's count")]
    public static partial void SocketOpened(this ILogger log, int open, int counted);

    [LoggerMessage(2012, LogLevel.Warning, "The socket to Slack could not be opened: {Why}")]
    public static partial void SocketNotOpened(this ILogger log, string why);

    [LoggerMessage(2013, LogLevel.Information, "Slack ends a socket: {End}")]
    public static partial void SocketWillEnd(this ILogger log, Socket.SocketEnd end);

    [LoggerMessage(2014, LogLevel.Warning, "Slack counts {Counted} sockets of this app and we hold {Open}: clicks sent to the others are lost. They end by themselves; another process with this app's token would be another reason")]
    public static partial void SocketGhosts(this ILogger log, int counted, int open);

    [LoggerMessage(2015, LogLevel.Debug, "A socket to Slack could not be closed in order: {Fault}")]
    public static partial void SocketCloseFailed(this ILogger log, string fault);

    [LoggerMessage(2016, LogLevel.Warning, "An answer by socket was lost with its line: {Fault}")]
    public static partial void SocketAnswerLost(this ILogger log, string fault);

    [LoggerMessage(2017, LogLevel.Error, "An envelope could not be worked on")]
    public static partial void SocketEnvelopeFailed(this ILogger log, Exception fault);

    [LoggerMessage(2018, LogLevel.Error, "Keeping a socket to Slack open failed; it is tried again")]
    public static partial void SocketFailed(this ILogger log, Exception fault);

    [LoggerMessage(2010, LogLevel.Information, "Connected to Slack as bot {BotUser} in {Team}")]
    public static partial void Connected(this ILogger log, string botUser, string team);
}
