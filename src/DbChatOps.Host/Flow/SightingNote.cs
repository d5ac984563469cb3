using System.Text.Json;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// The file beside the store that remembers the looks at sessions over a restart. It bears on receipts only: one that is missing or cannot be
/// understood counts as never having looked, and one that cannot be written is tried again at the next look.
/// </summary>
public sealed class SightingNote(string storePath, ILogger<SightingNote> log)
{
    private readonly string _path = storePath + ".looks.json";

    public Dictionary<string, ServerSightings> Read()
    {
        try
        {
            return LedgerJson.Read<Dictionary<string, ServerSightings>>(File.ReadAllBytes(_path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return new Dictionary<string, ServerSightings>(StringComparer.Ordinal);
        }
    }

    /// <summary>Replaces the file at once, so that a crash leaves the old one or the new one.</summary>
    public void Write(Dictionary<string, ServerSightings> servers)
    {
        try
        {
            if (servers.Count == 0)
            {
                File.Delete(_path);
                return;
            }

            using (var file = PrivateFile.Open(_path + ".new", FileMode.Create, FileShare.None))
            {
                file.Write(LedgerJson.Write(servers));
            }

            File.Move(_path + ".new", _path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log.LooksNotNoted(_path, fault.Message);
        }
    }
}
