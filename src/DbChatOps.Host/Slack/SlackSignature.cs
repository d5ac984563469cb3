using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace DbChatOps.Host.Slack;

/// <summary>Slack's request signature (<c>v0</c>): HMAC-SHA256 over the time and the raw body, at most five minutes old or ahead.</summary>
public sealed class SlackSignature
{
    public const string SignatureHeader = "X-Slack-Signature";

    public const string TimestampHeader = "X-Slack-Request-Timestamp";

    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    private readonly byte[] _key;
    private readonly TimeProvider _time;

    /// <summary>Keeps the key for as long as the process lives.</summary>
    /// <exception cref="ArgumentException">The secret is empty: everybody could sign.</exception>
    public SlackSignature(Secret signingSecret, TimeProvider time)
    {
        var secret = signingSecret.Reveal();
        if (string.IsNullOrWhiteSpace(secret))
        {
            throw new ArgumentException("Slack.SigningSecret is empty; without it anybody could speak as Slack.", nameof(signingSecret));
        }

        (_key, _time) = (Encoding.UTF8.GetBytes(secret), time);
    }

    /// <summary>True when Slack signed exactly these bytes, lately. Takes the same time for every wrong signature.</summary>
    public bool IsValid(StringValues timestamp, StringValues signature, ReadOnlySpan<byte> body)
    {
        if (timestamp.Count != 1 || signature.Count != 1 || timestamp[0] is not { Length: <= 12 } seconds || signature[0] is not { } given
            || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || Math.Abs(_time.GetUtcNow().ToUnixTimeSeconds() - at) > Tolerance.TotalSeconds)
        {
            return false;
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(Encoding.ASCII.GetBytes($"v0:{seconds}:"));
        hmac.AppendData(body);
        var expected = "v0=" + Convert.ToHexStringLower(hmac.GetHashAndReset());
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(given));
    }
}
