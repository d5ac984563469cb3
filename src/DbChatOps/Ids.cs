using System.Globalization;

namespace DbChatOps;

/// <summary>An access request. <see cref="Handle"/> is what people type and read.</summary>
public readonly record struct RequestId(Guid Value)
{
    /// <summary>Short form for people, such as <c>r-7k2m9qx4</c>; unique among open requests (checked when it is made).</summary>
    public string Handle => "r-" + Base32.Handle(Value);

    public override string ToString() => Value.ToString("N", CultureInfo.InvariantCulture);

    public static RequestId Parse(string text) => new(Guid.ParseExact(text, "N"));
}

/// <summary>A grant. Its login's name ends in <see cref="Handle"/> without the prefix, so a DBA finds one from the other.</summary>
public readonly record struct GrantId(Guid Value)
{
    /// <summary>Short form for people, such as <c>g-7k2m9qx4</c>.</summary>
    public string Handle => "g-" + Base32.Handle(Value);

    public override string ToString() => Value.ToString("N", CultureInfo.InvariantCulture);

    public static GrantId Parse(string text) => new(Guid.ParseExact(text, "N"));
}

/// <summary>A database server as configured: lower-case letters, digits and hyphens.</summary>
public readonly record struct ServerId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>One guarded database, the thing people ask for: lower-case letters, digits and hyphens, such as <c>orders-prod</c>.</summary>
public readonly record struct TargetId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Crockford's base 32 in lower case: no i, l, o or u, so that it survives being read aloud.</summary>
public static class Base32
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>The last 40 bits as eight characters (in a version 7 id the first bits are the time, the last ones chance).</summary>
    public static string Handle(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Encode(bytes[11..]);
    }

    /// <summary>Five bits a character, first bit first; a remainder is padded with zeros.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var length = ((bytes.Length * 8) + 4) / 5;
        Span<char> text = stackalloc char[length];
        for (var i = 0; i < length; i++)
        {
            var value = 0;
            for (var bit = i * 5; bit < (i * 5) + 5; bit++)
            {
                var set = bit / 8 < bytes.Length && (bytes[bit / 8] >> (7 - (bit % 8)) & 1) == 1;
                value = (value << 1) | (set ? 1 : 0);
            }

            text[i] = Alphabet[value];
        }

        return new string(text);
    }
}
