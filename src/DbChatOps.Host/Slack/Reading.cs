using System.Security.Cryptography;
using System.Text;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>What turning a payload into a delivery needs to know.</summary>
internal sealed record Reading(SlackTenant Tenant, SlackHosts Hosts, DateTimeOffset Now)
{
    /// <summary>One key, one decision: the first name that Slack gives to this arrival.</summary>
    public static string Key(params ReadOnlySpan<string?> names) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("slack|" + string.Join('|', names))));

    /// <summary>An id as Slack writes it: capitals and digits. It ends up in keys, mentions and addresses.</summary>
    /// <exception cref="MalformedPayloadException">Absent, or anything else.</exception>
    public static string RequiredId(string? id, string what) => OptionalId(id, what) ?? throw new MalformedPayloadException($"The {what} is missing.");

    public static string? OptionalId(string? id, string what)
    {
        if (string.IsNullOrEmpty(id))
        {
            return null;
        }

        return id.Length <= 64 && id.All(char.IsAsciiLetterOrDigit) ? id : throw new MalformedPayloadException($"The {what} is not an id.");
    }

    public Secret? ResponseUrl(string? url) => Hosts.ResponseUrl(url) is { } pinned ? new Secret(pinned.AbsoluteUri) : null;

    /// <summary>Slack escapes exactly these three in what people type.</summary>
    public static string Unescape(string? text) => (text ?? "")
        .Replace("&lt;", "<", StringComparison.Ordinal)
        .Replace("&gt;", ">", StringComparison.Ordinal)
        .Replace("&amp;", "&", StringComparison.Ordinal);
}
