namespace DbChatOps.Host.Flow;

/// <summary>Everything the flow says in the log. Names are fields; values of queries and secrets never are.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "Lane {Lane} failed with {Rows} rows; they are tried again")]
    public static partial void LaneFailed(this ILogger log, string lane, int rows, Exception fault);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "Lane {Lane} could not be released; its claim will run out")]
    public static partial void ReleaseFailed(this ILogger log, string lane, Exception fault);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message = "The agenda could not be read; trying again")]
    public static partial void AgendaUnreadable(this ILogger log, Exception fault);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Warning, Message = "Server {Server} cannot be reached: {Why}")]
    public static partial void ServerUnreachable(this ILogger log, string server, string why);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "{Command} on {Subject} was refused: {Code}")]
    public static partial void TimerRefused(this ILogger log, string command, string subject, string code);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Warning, Message = "Card {Card} cannot be shown: {Code}")]
    public static partial void CardRefused(this ILogger log, string card, string code);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Error, Message = "Delivery {Key} failed")]
    public static partial void DeliveryFailed(this ILogger log, string key, Exception fault);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Warning, Message = "Self-check: {Subject} had no agenda row; put back")]
    public static partial void RowPutBack(this ILogger log, string subject);

    [LoggerMessage(EventId = 1009, Level = LogLevel.Error, Message = "The wall clock jumped by {Jump}")]
    public static partial void ClockJumped(this ILogger log, TimeSpan jump);

    [LoggerMessage(EventId = 1010, Level = LogLevel.Warning, Message = "Reconcile {Server}: {Finding}")]
    public static partial void Reconciled(this ILogger log, string server, string finding);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Warning, Message = "Grant {Grant}: the login could not be made: {Code}")]
    public static partial void ProvisioningRefused(this ILogger log, string grant, string code);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Information, Message = "Grant {Grant}: credentials handed over (generation {Generation})")]
    public static partial void HandedOver(this ILogger log, string grant, int generation);

    [LoggerMessage(EventId = 1013, Level = LogLevel.Warning, Message = "{Duty} stopped for now: {Why}")]
    public static partial void TurnEnded(this ILogger log, string duty, string why);

    [LoggerMessage(EventId = 1014, Level = LogLevel.Error, Message = "{Duty} failed; it is tried again")]
    public static partial void TurnFailed(this ILogger log, string duty, Exception fault);

    [LoggerMessage(EventId = 1015, Level = LogLevel.Error, Message = "Alert {Alert} could not be stored: {Why}")]
    public static partial void AlarmNotStored(this ILogger log, string alert, string why);

    [LoggerMessage(EventId = 1016, Level = LogLevel.Warning, Message = "Grant {Grant} is ended: its holder {Person} may not hold access any more")]
    public static partial void HolderGone(this ILogger log, string grant, string person);

    [LoggerMessage(EventId = 1017, Level = LogLevel.Error, Message = "Agenda row {Key} of lane {Lane} cannot be read by this release; it is looked at again later")]
    public static partial void RowUnreadable(this ILogger log, string key, string lane);

    [LoggerMessage(EventId = 1018, Level = LogLevel.Error, Message = "Server {Server} is not the one that was pinned: {Why}")]
    public static partial void IdentityDiffers(this ILogger log, string server, string why);

    [LoggerMessage(EventId = 1019, Level = LogLevel.Warning, Message = "Grant {Grant}: its end could not be moved on the server: {Code}")]
    public static partial void ExtensionRefused(this ILogger log, string grant, string code);

    [LoggerMessage(EventId = 1020, Level = LogLevel.Warning, Message = "A dialog with credentials could not be shown: {Code}")]
    public static partial void CredentialsNotShown(this ILogger log, string code);

    [LoggerMessage(EventId = 1021, Level = LogLevel.Warning, Message = "Delivery {Key} was decided, but the answer did not reach the person")]
    public static partial void AnswerLost(this ILogger log, string key, Exception fault);

    [LoggerMessage(EventId = 1022, Level = LogLevel.Warning, Message = "{Path} cannot be written ({Why}); after a restart, receipts will not know what was seen before")]
    public static partial void LooksNotNoted(this ILogger log, string path, string why);

    [LoggerMessage(EventId = 1030, Level = LogLevel.Warning, Message = "The Home tab of {Person} could not be shown: {Code}. It is tried again when it is opened")]
    public static partial void HomeRefused(this ILogger log, PersonId person, string code);

    [LoggerMessage(EventId = 1031, Level = LogLevel.Error, Message = "Commands that wait in the inbox could not be read; trying again")]
    public static partial void BacklogUnreadable(this ILogger log, Exception fault);

    [LoggerMessage(EventId = 1032, Level = LogLevel.Warning, Message = "A dialog with credentials could not be blanked: {Code}; it stays until it is closed")]
    public static partial void DialogNotBlanked(this ILogger log, string code);

    [LoggerMessage(EventId = 1033, Level = LogLevel.Error, Message = "The store is older than server {Server}: {Why}. Nothing new happens there until an operator confirms the restore")]
    public static partial void StoreRestored(this ILogger log, string server, string why);

    [LoggerMessage(EventId = 1034, Level = LogLevel.Error, Message = "Grant {Grant}: the server says another end than was approved: {Said}")]
    public static partial void EndDiffers(this ILogger log, string grant, string said);
}
