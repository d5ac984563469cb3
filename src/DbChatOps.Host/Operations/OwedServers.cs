using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations;

/// <summary>A server that owes the end of a grant cannot vanish: without its address and credentials nobody could end that access.</summary>
public static class OwedServers
{
    /// <summary>Servers with open grants, each with how many.</summary>
    public static async Task<IReadOnlyDictionary<ServerId, int>> FindAsync(ILedger ledger, CancellationToken ct)
    {
        var open = await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = Grant.Kind, Open = true, Limit = 100_000 }, ct);
        return open.CountBy(stored => stored.State.Server).ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    /// <summary>At a reload: refuses a configuration that lacks one of them.</summary>
    public static async Task<IReadOnlyList<SettingProblem>> RefuseAsync(Settings after, ILedger ledger, CancellationToken ct) =>
        [.. (await FindAsync(ledger, ct)).Where(owed => after.Targets.Server(owed.Key) is null).Select(owed => new SettingProblem(
            "Servers", $"'{owed.Key}' is gone, but {Grants(owed.Value)} on it must still end. Keep it until `grants` shows none."))];

    /// <summary>
    /// At a start: takes the missing ones from the last good targets, so that their access ends; nothing new is granted there, since they have no targets.
    /// Says what it did, for the log and the health page.
    /// </summary>
    public static async Task<(Settings Settings, IReadOnlyList<string> Flags)> KeepAsync(Settings settings, LastGood? lastGood, ILedger ledger, CancellationToken ct)
    {
        List<string> flags = [];
        List<Server> kept = [];
        var minters = settings.MinterSources.ToDictionary();
        foreach (var (id, count) in await FindAsync(ledger, ct))
        {
            if (settings.Targets.Server(id) is not null)
            {
                continue;
            }

            if (lastGood?.Servers.FirstOrDefault(server => server.Id == id) is { } server)
            {
                kept.Add(server);
                minters[id] = lastGood.Minters[id];
                flags.Add($"server {id} is no longer configured; it is kept until {Grants(count)} on it ended");
            }
            else
            {
                flags.Add($"server {id} is not configured and unknown, and {Grants(count)} on it cannot be ended: put it back");
            }
        }

        return kept.Count == 0
            ? (settings, flags)
            : (settings with { Targets = new TargetBook([.. settings.Targets.Servers, .. kept], settings.Targets.Targets), MinterSources = minters }, flags);
    }

    private static string Grants(int count) => count == 1 ? "1 grant" : string.Create(CultureInfo.InvariantCulture, $"{count} grants");
}
