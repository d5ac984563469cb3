using System.CommandLine;
using System.CommandLine.Invocation;
using DbChatOps.Host.Commands;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Ledger;

namespace DbChatOps.Host;

public static class Program
{
    /// <summary>Longer than the host's own shutdown, so that what is under way is not cut off.</summary>
    private static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(25);

    public static async Task<int> Main(string[] args)
    {
        PostgreSqlVariables.Forget();
        try
        {
            var asked = CommandTree.Create().Parse(CommandTree.Words(args));
            return asked.Action is ParseErrorAction
                ? await UsageErrors.TellAsync(asked, Console.Error)
                : await asked.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Shutdown });
        }
        catch (InvalidSettingsException fault)
        {
            await Console.Error.WriteLineAsync("The configuration is invalid:");
            foreach (var problem in fault.Problems)
            {
                await Console.Error.WriteLineAsync($"  {problem}");
            }

            return ExitCode.CouldNotRun;
        }
        catch (LedgerUnavailableException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return ExitCode.CouldNotRun;
        }
    }
}
