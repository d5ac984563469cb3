using System.Globalization;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary>
/// <c>audit verify [--replay]</c>: follows the hash chain from the first entry to the stored head and names the first bad entry; with replay,
/// also folds every aggregate's events and compares the outcome with its snapshot.
/// </summary>
public sealed class AuditVerify(ILedgerReader reader, LedgerVocabulary vocabulary, TextWriter output)
{
    /// <summary>The number of findings; 0 means that all holds. Each was written out as one line.</summary>
    public async Task<int> RunAsync(bool replay, CancellationToken ct)
    {
        var findings = await VerifyChainAsync(ct);
        return replay ? findings + await ReplayAsync(ct) : findings;
    }

    private async Task<int> VerifyChainAsync(CancellationToken ct)
    {
        var walk = new ChainWalk();
        await foreach (var entry in reader.ReadEntriesAsync(EntryFilter.Everything, ct))
        {
            if (walk.Follow(entry) is { } fault)
            {
                await SayAsync($"FINDING chain: {fault.Problem} ({entry.Kind}, {entry.Subject}, {entry.At:yyyy-MM-dd HH:mm:ss} UTC)");
                return 1;
            }
        }

        if (walk.Finish(await reader.ReadHeadAsync(ct)) is { } cut)
        {
            await SayAsync($"FINDING chain: {cut.Problem}");
            return 1;
        }

        await SayAsync($"Chain holds: {walk.Head.Sequence} entries, {walk.Redacted} redacted, head {Convert.ToHexStringLower(walk.Head.Hash)}.");
        return 0;
    }

    private async Task<int> ReplayAsync(CancellationToken ct)
    {
        var tally = new Tally();
        foreach (var fold in vocabulary.Aggregates.Values.OrderBy(fold => fold.Kind, StringComparer.Ordinal))
        {
            await ReplayAsync(fold, tally, ct);
        }

        await foreach (var subject in reader.ReadUnmentionedSnapshotsAsync(ct))
        {
            tally.Findings++;
            await SayAsync($"FINDING {subject}: the snapshot is there, but no entry mentions it");
        }

        await SayAsync($"Replayed {tally.Replayed} aggregates: {tally.Findings} differ, {tally.Redacted} cannot be compared after a redaction.");
        return tally.Findings;
    }

    private async Task ReplayAsync(AggregateFold fold, Tally tally, CancellationToken ct)
    {
        (string Subject, Replay Replay)? current = null;
        await foreach (var entry in reader.ReadBySubjectAsync(fold.Kind, ct))
        {
            if (current is { } done && done.Subject != entry.Subject)
            {
                await CompareAsync(done.Subject, done.Replay, tally, ct);
                current = null;
            }

            current ??= (entry.Subject, new Replay(fold, vocabulary));
            current.Value.Replay.Follow(entry);
        }

        if (current is { } last)
        {
            await CompareAsync(last.Subject, last.Replay, tally, ct);
        }
    }

    private async Task CompareAsync(string subject, Replay replay, Tally tally, CancellationToken ct)
    {
        tally.Replayed++;
        tally.Redacted += replay.IsRedacted ? 1 : 0;
        if (replay.Compare(await reader.ReadSnapshotAsync(Subject.Parse(subject), ct)) is { } problem)
        {
            tally.Findings++;
            await SayAsync($"FINDING {subject}: {problem}");
        }
    }

    private Task SayAsync(FormattableString line) => output.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));

    private sealed class Tally
    {
        public int Replayed { get; set; }

        public int Redacted { get; set; }

        public int Findings { get; set; }
    }
}
