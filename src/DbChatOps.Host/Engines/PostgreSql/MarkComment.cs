using System.Globalization;
using System.Text.RegularExpressions;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// The comment on a role of ours: <c>dbchatops/v1 grant=… role=… under=… gen=… since=… mac=…</c>. Set-ups before version 4 kept all they knew there; since then it
/// is for people, and for the bot where the server's record was lost.
/// </summary>
internal static partial class MarkComment
{
    public static LoginMark? Parse(string? text) =>
        text is not null && Shape().Match(text) is { Success: true } match
            ? new LoginMark
            {
                Grant = GrantId.Parse(match.Groups["grant"].Value),
                Generation = match.Groups["gen"] is { Success: true } generation ? int.Parse(generation.Value, CultureInfo.InvariantCulture) : 0,
                Mac = match.Groups["mac"].Value,
                IsWhole = match.Groups["gen"].Value is "0" || (match.Groups["since"].Success && match.Groups["under"].Success),
                Reached = match.Groups["under"].Captures.Select(static c => uint.TryParse(c.Value, CultureInfo.InvariantCulture, out var role) ? role : 0).ToList(),
                Since = match.Groups["since"] is { Success: true } since
                    ? DateTimeOffset.UnixEpoch.AddMicroseconds(long.Parse(since.Value, CultureInfo.InvariantCulture))
                    : null,
            }
            : null;

    [GeneratedRegex(
        "^dbchatops/v1 grant=(?<grant>[0-9a-f]{32}) role=[a-z0-9_]{1,63}( under=(?<under>[0-9]{1,10})(,(?<under>[0-9]{1,10}))*)?"
        + "( gen=(?<gen>[0-9]{1,9}))?( since=(?<since>[0-9]{1,17}))? mac=(?<mac>[0-9a-f]{64})$",
        RegexOptions.ExplicitCapture,
        100)]
    private static partial Regex Shape();
}
