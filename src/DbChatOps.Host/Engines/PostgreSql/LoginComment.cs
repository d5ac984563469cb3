using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// What stands on a role of ours: <c>dbchatops/v1 grant=… role=… under=… gen=… since=… mac=…</c>. Everybody may read it, so it holds neither secret nor person.
/// The MAC binds it to name, server and OID: a copied comment, a renamed role or a restored one does not verify.
/// </summary>
internal sealed partial record LoginComment(GrantId Grant, int Generation, string Mac)
{
    /// <summary>The roles that its sessions could become; empty on logins of earlier set-ups.</summary>
    public IReadOnlyList<uint> Under { get; init; } = [];

    /// <summary>When it was first revealed; absent before that, and on logins of earlier set-ups.</summary>
    public DateTimeOffset? Since { get; init; }

    public static LoginComment? Parse(string? text) =>
        text is not null && Shape().Match(text) is { Success: true } match
            ? new LoginComment(
                GrantId.Parse(match.Groups["grant"].Value),
                int.Parse(match.Groups["gen"].Value, CultureInfo.InvariantCulture),
                match.Groups["mac"].Value)
            {
                Under = match.Groups["under"].Captures.Select(static c => uint.TryParse(c.Value, CultureInfo.InvariantCulture, out var role) ? role : 0).ToList(),
                Since = match.Groups["since"] is { Success: true } since
                    ? DateTimeOffset.UnixEpoch.AddMicroseconds(long.Parse(since.Value, CultureInfo.InvariantCulture))
                    : null,
            }
            : null;

    public static string MacOf(Secret key, string login, string systemIdentifier, uint oid, GrantId grant)
    {
        var bound = string.Create(CultureInfo.InvariantCulture, $"dbchatops/v1\n{login}\n{systemIdentifier}\n{oid}\n{grant}");
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal()), Encoding.UTF8.GetBytes(bound)));
    }

    public bool Verifies(Secret key, string login, string systemIdentifier, uint oid) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Mac),
            Encoding.ASCII.GetBytes(MacOf(key, login, systemIdentifier, oid, Grant)));

    [GeneratedRegex(
        "^dbchatops/v1 grant=(?<grant>[0-9a-f]{32}) role=[a-z0-9_]{1,63}( under=(?<under>[0-9]{1,10})(,(?<under>[0-9]{1,10}))*)?"
        + " gen=(?<gen>[0-9]{1,9})( since=(?<since>[0-9]{1,17}))? mac=(?<mac>[0-9a-f]{64})$",
        RegexOptions.ExplicitCapture,
        100)]
    private static partial Regex Shape();
}
