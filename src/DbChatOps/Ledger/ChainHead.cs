namespace DbChatOps.Ledger;

/// <summary>The end of the chain: the number and hash of the newest entry. Kept beside the entries, so that cutting off the end is found.</summary>
public sealed record ChainHead(long Sequence, byte[] Hash)
{
    /// <summary>A ledger without entries.</summary>
    public static ChainHead Empty { get; } = new(0, HashChain.Genesis);

    /// <summary>The draft as the next entry of the chain; <paramref name="salt"/> is fresh chance of <see cref="HashChain.SaltLength"/> bytes.</summary>
    public LedgerEntry Append(DraftEntry draft, byte[] salt)
    {
        var digest = HashChain.DigestBody(salt, draft.Body);
        return new LedgerEntry
        {
            Sequence = Sequence + 1,
            At = draft.At,
            Kind = draft.Kind,
            Subject = draft.Subject,
            Incident = draft.Incident,
            Body = draft.Body,
            Salt = salt,
            BodyDigest = digest,
            Hash = HashChain.Link(Hash, Sequence + 1, draft.At, draft.Kind, draft.Subject, draft.Incident, digest),
        };
    }
}
