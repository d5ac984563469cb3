using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>What <c>check</c> says of a standby that applies changes late on purpose.</summary>
internal static class StandbyDelay
{
    /// <summary>Null for a standby without a delay.</summary>
    public static Finding? FindingOf(NodeLink standby)
    {
        if (standby.Delay <= TimeSpan.Zero)
        {
            return null;
        }

        var real = PlainText.Duration(standby.Delay);
        var applies = $"standby {standby.Name} applies changes {real} late (recovery_min_apply_delay)";
        var consequence = $"A grant here is proven gone only {real} after its end. A login that ends before its window is over may still open sessions on that standby until it has applied the end; "
            + "the bot looks every few seconds and ends them.";
        return standby.Node.Delay switch
        {
            { } declared when declared >= standby.Delay => new Finding
            {
                Severity = FindingSeverity.Note,
                Code = "standby_delayed",
                Message = $"{applies}, as declared. {consequence}",
            },
            { } declared => Undeclared($"{applies}, but only {PlainText.Duration(declared)} is declared: people are paged after that. {consequence}", standby),
            null => Undeclared($"{applies}, which is not declared: people are paged 60 s after each end. {consequence}", standby),
        };
    }

    private static Finding Undeclared(string message, NodeLink standby) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = "standby_delay_undeclared",
        Message = message,
        Cure = $"\"Delay\": \"{Durations.ToTyped(standby.Delay)}\"",
        CureIn = $"in the configuration, in the entry of {standby.Name} under Nodes; then reload",
    };
}
