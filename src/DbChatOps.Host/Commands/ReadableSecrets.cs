using DbChatOps.Host.Configuration;

namespace DbChatOps.Host.Commands;

/// <summary>Configuration files that hold a secret and that every user of the machine can read.</summary>
internal static class ReadableSecrets
{
    /// <summary>A sentence with its cure for each such file; none on Windows, which has no modes.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(IEnumerable<string> files, Settings settings, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        var secrets = await ValuesAsync(settings, ct);
        List<string> found = [];
        foreach (var file in files)
        {
            if (File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead) && await File.ReadAllTextAsync(file, ct) is var text && secrets.Exists(secret => text.Contains(secret, StringComparison.Ordinal)))
            {
                found.Add($"{file} holds a secret and can be read by every user of this machine: chmod 600 {file}, and give it to the bot's user");
            }
        }

        return found;
    }

    private static async Task<List<string>> ValuesAsync(Settings settings, CancellationToken ct)
    {
        List<Secret?> secrets =
        [
            settings.Instance.Key, settings.Slack.BotToken, settings.Slack.SigningSecret, settings.Slack.AppToken, settings.Store.ConnectionString, settings.AlertWebhookUrl, settings.AlertRoutingKey,
        ];
        foreach (var server in settings.Targets.Servers)
        {
            try
            {
                secrets.Add(await server.Minter.Password(ct));
            }
            catch (SecretUnavailableException)
            {
                // What cannot be read stands in no file of ours; the look at the server says so.
            }
        }

        // The store's connection string holds no secret where it is only a path.
        return [.. secrets.OfType<Secret>().Select(secret => secret.Reveal()).Where(value => value.Length > 0 && !value.StartsWith("Data Source=", StringComparison.OrdinalIgnoreCase))];
    }
}
