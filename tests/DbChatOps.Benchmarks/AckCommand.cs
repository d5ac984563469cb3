using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace DbChatOps.Benchmarks;

/// <summary>A slash command that changes something, so that the bot stores it before it answers: no two have the same trigger.</summary>
internal static class AckCommand
{
    public const string Team = "T0ACKS0001";
    public const string App = "A0ACKS0001";
    public const string Person = "U0ACKS0ANA";

    private static int _number;

    public static IReadOnlyDictionary<string, string> Next(Uri slack)
    {
        var number = Interlocked.Increment(ref _number);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["token"] = "unused",
            ["team_id"] = Team,
            ["team_domain"] = "acks",
            ["channel_id"] = "C0ACKS0001",
            ["channel_name"] = "general",
            ["user_id"] = Person,
            ["user_name"] = "ana",
            ["command"] = "/db",
            ["text"] = "withdraw",
            ["api_app_id"] = App,
            ["is_enterprise_install"] = "false",
            ["response_url"] = AnswersTo(slack, number),
            ["trigger_id"] = string.Create(CultureInfo.InvariantCulture, $"{number}.1795000000.{Guid.NewGuid():N}"),
        };
    }

    /// <summary>A command as a socket brings it; written out by hand, because the load should cost little beside what it measures.</summary>
    public static byte[] Envelope(string id, Uri slack)
    {
        var number = Interlocked.Increment(ref _number);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
            {"envelope_id":"{{{id}}}","type":"slash_commands","accepts_response_payload":true,"payload":{"token":"unused","team_id":"{{{Team}}}","team_domain":"acks","channel_id":"C0ACKS0001","channel_name":"general","user_id":"{{{Person}}}","user_name":"ana","command":"/db","text":"withdraw","api_app_id":"{{{App}}}","is_enterprise_install":"false","response_url":"{{{AnswersTo(slack, number)}}}","trigger_id":"{{{number}}}.1795000000.{{{id}}}"}}
            """));
    }

    private static string AnswersTo(Uri slack, int number) => string.Create(CultureInfo.InvariantCulture, $"{slack}answers-to-{number}");

    public static HttpRequestMessage Signed(IReadOnlyDictionary<string, string> command, Uri to, string signingSecret)
    {
        var body = string.Join('&', command.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        var stamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(signingSecret), Encoding.UTF8.GetBytes($"v0:{stamp}:{body}"));
        var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new StringContent(body, Encoding.UTF8) };
        // Without a charset, as Slack sends it; Bolt takes no other.
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        request.Headers.Add("X-Slack-Request-Timestamp", stamp);
        request.Headers.Add("X-Slack-Signature", "v0=" + Convert.ToHexStringLower(signature));
        return request;
    }
}
