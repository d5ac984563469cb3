using System.Security.Cryptography;
using System.Text;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>What a correctly signed payload turned out to be.</summary>
internal abstract record Arrival
{
    private Arrival()
    {
    }

    /// <summary>Something to decide; more than one when several actions were pressed in one payload.</summary>
    public sealed record Accepted(IReadOnlyList<Delivery> Deliveries) : Arrival;

    /// <summary>Nothing that concerns us; acknowledged, not stored.</summary>
    public sealed record Ignored(string What) : Arrival;

    /// <summary>Another app, or another organisation's installation of ours.</summary>
    public sealed record NotOurs(string What) : Arrival;

    /// <summary>Typed by somebody whose workspace is not ours: told so in a sentence, and nothing is kept.</summary>
    public sealed record Outsider(string What) : Arrival;

    /// <summary>What was turned away, for the log; null for everything else.</summary>
    public string? Refused => this switch
    {
        NotOurs other => other.What,
        Outsider outsider => outsider.What,
        _ => null,
    };

    public static Arrival Of(Delivery delivery) => new Accepted([delivery]);
}

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
