namespace DbChatOps.Ledger;

/// <summary>
/// Folds one subject's entries, in order, and compares the outcome with the stored snapshot: state byte by byte, and the columns by which it
/// is found, since a guard that counts a forged column would count wrong.
/// </summary>
public sealed class Replay(AggregateFold fold, LedgerVocabulary vocabulary)
{
    private IAggregate? _state;
    private string? _problem;
    private long _changes;

    /// <summary>A body was redacted: the subject can no longer be folded, and is not compared.</summary>
    public bool IsRedacted { get; private set; }

    public void Follow(LedgerEntry entry)
    {
        if (_problem is not null || IsRedacted || !fold.IsOwnEvent(entry.Kind))
        {
            return;
        }

        if (entry.Body is null)
        {
            IsRedacted = true;
            return;
        }

        try
        {
            _state = fold.Apply(_state, vocabulary.ReadEvent(entry.Kind, entry.Body));
            _changes++;
        }
        catch (Exception fault)
        {
            _problem = $"entry {entry.Sequence} ({entry.Kind}) cannot be applied: {fault.Message}";
        }
    }

    /// <summary>Null when the snapshot is what the events say.</summary>
    public string? Compare(StoredSnapshot? stored)
    {
        if (_problem is not null || IsRedacted)
        {
            return _problem;
        }

        return (_state, stored) switch
        {
            (null, null) => null,
            (null, _) => "the snapshot is there, but no event made it",
            (_, null) => "the snapshot is missing",
            _ when !fold.Write(_state).AsSpan().SequenceEqual(stored.Body) => "the snapshot differs from what its events say",
            _ when _state.Index != stored.Index => "the columns by which it is found differ from what its events say",

            // One commit can carry several events, so fewer versions than events are no sign of anything.
            _ => stored.Version >= 1 && stored.Version <= _changes ? null : $"its version is {stored.Version}, but its events are {_changes}",
        };
    }
}
