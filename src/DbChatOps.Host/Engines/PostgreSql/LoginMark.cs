using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// What the server keeps about one login of ours: the row that the facade wrote when it made the login, and for logins of earlier set-ups the role's comment.
/// The bot's login may read it, so it holds neither secret nor person. The MAC binds it to name, server and OID: a copied mark, a renamed role or a
/// restored one does not verify.
/// </summary>
internal sealed record LoginMark
{
    /// <summary>Absent on a login that was made and never marked, which only a thief of the bot's credentials leaves behind.</summary>
    public GrantId? Grant { get; init; }

    public string? Mac { get; init; }

    /// <summary>Number of the last reveal that reached the server; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>When it was first revealed, by the server's clock; absent before that, and on logins that version 2 of the set-up revealed.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The OID that the facade recorded; absent where only the comment is left.</summary>
    public uint? RecordedOid { get; init; }

    /// <summary>It tells what the login could become, and since when. Not so where the server's record was lost while the login lived.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Every role that its sessions could become, as far as the facade saw.</summary>
    public IReadOnlyList<uint> Reached { get; init; } = [];

    /// <summary>The names of those that others gave it: neither its standing role, nor its owner, nor the marker.</summary>
    public IReadOnlyList<string> ReachedOthers { get; init; } = [];

    /// <summary>Its standing role, where that still exists.</summary>
    public uint? StandingRole { get; init; }

    /// <summary>Attributes that others gave it, such as SUPERUSER; absent when the facade saw none.</summary>
    public string? Powers { get; init; }

    public static string MacOf(Secret key, string login, string systemIdentifier, uint oid, GrantId grant)
    {
        var bound = string.Create(CultureInfo.InvariantCulture, $"dbchatops/v1\n{login}\n{systemIdentifier}\n{oid}\n{grant}");
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal()), Encoding.UTF8.GetBytes(bound)));
    }

    public bool Verifies(Secret key, string login, string systemIdentifier, uint oid) =>
        Grant is { } grant && Mac is { } mac && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(mac),
            Encoding.ASCII.GetBytes(MacOf(key, login, systemIdentifier, oid, grant)));
}
