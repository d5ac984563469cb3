using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DbChatOps.Ledger;

/// <summary>
/// The chain over ledger entries: SHA-256 over the previous hash and every field, each preceded by its length, so that no two
/// different entries share an input. A changed, removed, inserted or reordered entry breaks every hash after it.
/// </summary>
public static class HashChain
{
    public const int SaltLength = 16;

    /// <summary>What the first entry continues from.</summary>
    public static byte[] Genesis { get; } = SHA256.HashData("dbchatops ledger v1"u8);

    public static byte[] DigestBody(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of an entry that follows <paramref name="previous"/>.</summary>
    public static byte[] Link(
        ReadOnlySpan<byte> previous, long sequence, DateTimeOffset at, string kind, string subject, string? incident, ReadOnlySpan<byte> bodyDigest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, previous);
        Append(hash, sequence);
        Append(hash, at.UtcTicks);
        Append(hash, Encoding.UTF8.GetBytes(kind));
        Append(hash, Encoding.UTF8.GetBytes(subject));
        Append(hash, incident is null ? 0L : 1L);
        Append(hash, Encoding.UTF8.GetBytes(incident ?? ""));
        Append(hash, bodyDigest);
        return hash.GetHashAndReset();
    }

    /// <summary>Null when the entry follows; otherwise what is wrong with it, in words.</summary>
    public static string? FindFault(ReadOnlySpan<byte> previous, long expectedSequence, LedgerEntry entry)
    {
        if (entry.Sequence != expectedSequence)
        {
            return $"expected entry {expectedSequence}, found {entry.Sequence}: entries are missing or out of order";
        }

        // A body without its salt (or the other way round) is no redaction: taking the salt away must not switch the comparison off.
        if (entry is not { Body: null, Salt: null }
            && (entry.Body is null || entry.Salt is null
                || !CryptographicOperations.FixedTimeEquals(DigestBody(entry.Salt, entry.Body), entry.BodyDigest)))
        {
            return $"entry {entry.Sequence}: the body was altered";
        }

        var hash = Link(previous, entry.Sequence, entry.At, entry.Kind, entry.Subject, entry.Incident, entry.BodyDigest);
        return CryptographicOperations.FixedTimeEquals(hash, entry.Hash) ? null : $"entry {entry.Sequence}: the chain does not continue here";
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> field)
    {
        Append(hash, (long)field.Length);
        hash.AppendData(field);
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
