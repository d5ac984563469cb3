namespace DbChatOps.Ledger;

/// <summary>What is wrong, and with which entry: the first one that is not as it was written.</summary>
public sealed record ChainFault(long Sequence, string Problem);

/// <summary>
/// Follows the chain entry by entry, in constant memory, and names the first bad one. A redacted body is right only where a later entry
/// of kind <see cref="RedactionKind"/> with subject <c>entry:&lt;number&gt;</c> says that it was.
/// </summary>
public sealed class ChainWalk
{
    public const string RedactionKind = "ledger.redacted/1";

    private readonly SortedSet<long> _bodiless = [];

    /// <summary>The end of what was followed so far.</summary>
    public ChainHead Head { get; private set; } = ChainHead.Empty;

    /// <summary>Redactions that are on record.</summary>
    public int Redacted { get; private set; }

    /// <summary>Null when the entry is right and was followed.</summary>
    public ChainFault? Follow(LedgerEntry entry)
    {
        if (HashChain.FindFault(Head.Hash, Head.Sequence + 1, entry) is { } problem)
        {
            return new ChainFault(Head.Sequence + 1, problem);
        }

        Head = new ChainHead(entry.Sequence, entry.Hash);
        if (entry.Body is null)
        {
            _bodiless.Add(entry.Sequence);
        }

        if (entry.Kind == RedactionKind && Subject.TryParse(entry.Subject, out var subject)
            && long.TryParse(subject.Key, System.Globalization.CultureInfo.InvariantCulture, out var redacted) && _bodiless.Remove(redacted))
        {
            Redacted++;
        }

        return null;
    }

    /// <summary>After the last entry: is this the end that was stored, and was every missing body redacted on record?</summary>
    public ChainFault? Finish(ChainHead stored)
    {
        if (_bodiless.Count > 0)
        {
            return new ChainFault(_bodiless.Min, $"entry {_bodiless.Min}: the body is gone, and no entry records its redaction");
        }

        if (stored.Sequence > Head.Sequence)
        {
            return new ChainFault(Head.Sequence + 1, $"entry {Head.Sequence + 1} to {stored.Sequence}: cut off at the end");
        }

        return stored.Sequence == Head.Sequence && stored.Hash.AsSpan().SequenceEqual(Head.Hash)
            ? null
            : new ChainFault(Math.Max(1, stored.Sequence), $"entry {Head.Sequence} is the last, but the stored head names {stored.Sequence} or another hash");
    }
}
