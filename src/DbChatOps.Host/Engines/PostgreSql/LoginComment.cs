using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// What stands on a role of ours: <c>dbchatops/v1 grant=… gen=… mac=…</c>. Everybody may read it, so it holds neither secret nor person.
/// The MAC binds it to name, server and OID: a copied comment, a renamed role or a restored one does not verify.
/// </summary>
internal sealed partial record LoginComment(GrantId Grant, int Generation, string Mac)
{
    public static LoginComment? Parse(string? text) =>
        text is not null && Shape().Match(text) is { Success: true } match
            ? new LoginComment(
                GrantId.Parse(match.Groups["grant"].Value),
                int.Parse(match.Groups["gen"].Value, CultureInfo.InvariantCulture),
                match.Groups["mac"].Value)
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

    [GeneratedRegex("^dbchatops/v1 grant=(?<grant>[0-9a-f]{32}) gen=(?<gen>[0-9]{1,9}) mac=(?<mac>[0-9a-f]{64})$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Shape();
}
