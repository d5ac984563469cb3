using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DbChatOps.Policies;

/// <summary>
/// SHA-256 over a sequence of values in which no two different sequences give the same bytes: every text is preceded by its length,
/// every list by its count, and absence differs from emptiness.
/// </summary>
internal sealed class Fingerprint : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public Fingerprint Add(string? text)
    {
        if (text is null)
        {
            return AddNumber(-1);
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        AddNumber(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    public Fingerprint Add(TimeSpan span) => AddNumber(span.Ticks);

    public Fingerprint Add(bool flag) => AddNumber(flag ? 1 : 0);

    public Fingerprint Add(int number) => AddNumber(number);

    /// <summary>A list whose order has no meaning.</summary>
    public Fingerprint AddSet(IEnumerable<string>? items)
    {
        if (items is null)
        {
            return AddNumber(-1);
        }

        var sorted = items.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        AddNumber(sorted.Count);
        sorted.ForEach(item => Add(item));
        return this;
    }

    public string ToHex() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private Fingerprint AddNumber(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }
}
