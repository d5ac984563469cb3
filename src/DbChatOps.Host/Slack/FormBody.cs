using System.Net;
using System.Text;

namespace DbChatOps.Host.Slack;

/// <summary>A form-encoded body, read strictly: a name given twice or a byte that is no UTF-8 is refused rather than interpreted.</summary>
public sealed class FormBody
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    /// <summary>Reads a whole body.</summary>
    /// <exception cref="MalformedPayloadException">Not a form that Slack would send.</exception>
    public static FormBody Parse(ReadOnlySpan<byte> body)
    {
        var form = new FormBody();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (form._fields.Count == 100 || !form._fields.TryAdd(name, equals < 0 ? "" : Decode(pair[(equals + 1)..])))
            {
                throw new MalformedPayloadException("A form field is given twice, or there are too many.");
            }
        }

        return form;
    }

    /// <summary>The field's value; null when absent.</summary>
    public string? this[string name] => _fields.GetValueOrDefault(name);

    private static string Decode(ReadOnlySpan<byte> encoded)
    {
        var bytes = encoded.ToArray();
        try
        {
            return Strict.GetString(WebUtility.UrlDecodeToBytes(bytes, 0, bytes.Length));
        }
        catch (DecoderFallbackException e)
        {
            throw new MalformedPayloadException("A form field is not UTF-8.", e);
        }
    }
}
