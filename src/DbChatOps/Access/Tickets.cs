using System.Text.RegularExpressions;

namespace DbChatOps.Access;

/// <summary>Finds a ticket or incident in a reason: <c>INC-42</c>, <c>OPS-1234</c>, <c>#123</c>.</summary>
public static partial class Tickets
{
    public static string? In(string reason) => Pattern().Match(reason) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(@"\b[A-Z][A-Z0-9]{1,9}-[0-9]{1,9}\b|(?<![\w&])#[0-9]{1,9}\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex Pattern();
}
