using System.Text.Json;
using DbChatOps.Access;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>
/// The local file beside the store, JSON lines, only ever appended to: what was ended while the ledger could not be written. The next good start
/// takes each line over once, as a remark on its grant, and removes the file.
/// </summary>
public sealed class Spool(string storePath, TimeProvider clock, ILogger<Spool> log)
{
    private readonly string _path = PathBeside(storePath);

    public static string PathBeside(string storePath) => storePath + ".spool.jsonl";

    /// <summary>Never stops an ending: a line that cannot be written stands in the log.</summary>
    public void Append(SpooledEnding ending)
    {
        var line = JsonSerializer.Serialize(ending, LedgerJson.Options);
        try
        {
            using var stream = PrivateFile.Open(_path, FileMode.Append, FileShare.Read);
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(ending, LedgerJson.Options));
            stream.WriteByte((byte)'\n');
            stream.Flush(flushToDisk: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log.NotSpooled(line, fault.Message);
        }
    }

    /// <summary>Takes the lines over into the ledger and removes the file. Returns how many were new. Only under the store's lock.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot take them yet; the file stays.</exception>
    public async Task<int> IngestAsync(ILedger ledger, CancellationToken ct)
    {
        // A command on the host may be appending: what is taken over stands aside first. A crash leaves it there.
        var aside = _path + ".taken";
        if (!File.Exists(aside))
        {
            if (!File.Exists(_path))
            {
                return 0;
            }

            File.Move(_path, aside);
        }

        var taken = 0;
        foreach (var line in await File.ReadAllLinesAsync(aside, ct))
        {
            if (Read(line) is { } ending && !await IsTakenAsync(ending, ct))
            {
                await ledger.CommitAsync(new Change { Entries = [Remark(ending).ToDraft()] }, ct);
                taken++;
            }
        }

        File.Delete(aside);
        log.SpoolTaken(taken);
        return taken;
    }

    /// <summary>A crash between the last commit and the removal of the file leaves lines that are in the ledger already.</summary>
    private async Task<bool> IsTakenAsync(SpooledEnding ending, CancellationToken ct)
    {
        await using var reader = SqliteLedgerReader.Open(storePath);
        var filter = new EntryFilter { Subject = Remark(ending).Subject.ToString(), Kind = EventKinds.KindOf(typeof(EndedOutside)) };
        await foreach (var entry in reader.ReadEntriesAsync(filter, ct))
        {
            if (entry.Body is { } body && LedgerJson.ReadEvent(entry.Kind, body) is EndedOutside known && known.Line == ending.Line)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Null for a line that was cut by a crash or a full disk.</summary>
    private static SpooledEnding? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<SpooledEnding>(line, LedgerJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private EndedOutside Remark(SpooledEnding ending) => new()
    {
        Line = ending.Line,
        Server = ending.Server,
        Login = ending.Report.Login,
        Grant = ending.Grant,
        Stage = ending.Report.Stage,
        Blockers = ending.Report.Blockers,
        Proof = ending.Report.Proof,
        EndedAt = ending.At,
        By = PersonId.Bot,
        At = clock.GetUtcNow(),
    };
}
