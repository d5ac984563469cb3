using System.Security.Cryptography;
using System.Text;

namespace DbChatOps.Playground.Deliveries;

/// <summary>Slack's v0 request signature: HMAC-SHA256 over <c>v0:timestamp:</c> and the raw body.</summary>
public static class RequestSignature
{
    public static string Of(string signingSecret, string timestamp, string body)
    {
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(signingSecret), Encoding.UTF8.GetBytes($"v0:{timestamp}:{body}"));
        return "v0=" + Convert.ToHexStringLower(hash);
    }
}
