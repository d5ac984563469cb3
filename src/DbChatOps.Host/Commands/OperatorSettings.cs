using DbChatOps.Host.Configuration;
using DbChatOps.Host.Operations.EndingOnly;

namespace DbChatOps.Host.Commands;

/// <summary>The configuration for commands that look at access and end it: they must work on the night when it is broken.</summary>
internal static class OperatorSettings
{
    /// <summary>The configuration; when it is invalid, what was kept of the last good one, with a warning.</summary>
    /// <exception cref="InvalidSettingsException">It is invalid and nothing was kept.</exception>
    public static async Task<Settings> LoadAsync(SettingsLoader loader, string configFile, CancellationToken ct)
    {
        try
        {
            return await loader.LoadAsync(ct);
        }
        catch (InvalidSettingsException fault)
        {
            if (await EndingOnlyBot.FindSettingsAsync(configFile, ct) is not { } settings)
            {
                throw;
            }

            await Console.Error.WriteLineAsync("WARNING  The configuration is invalid; this works with the servers of the last good one:");
            foreach (var problem in fault.Problems)
            {
                await Console.Error.WriteLineAsync($"  {problem}");
            }

            return settings;
        }
    }
}
