using System.Globalization;
using System.Net;
using System.Numerics;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One line of pg_hba.conf as the server read it.</summary>
internal sealed record HostRule(string Type, IReadOnlyList<string> Databases, IReadOnlyList<string> Users, string Address, string Method)
{
    /// <summary>The part of the address that counts; empty where the address is a word or a name.</summary>
    public string Netmask { get; init; } = string.Empty;

    /// <summary>Where it stands; 0 when that is not known.</summary>
    public int Line { get; init; }

    /// <summary>The file that it stands in; from 16 on the server names it.</summary>
    public string File { get; init; } = "pg_hba.conf";

    /// <summary>As it is written, with single blanks: <c>local all all peer</c>.</summary>
    public override string ToString() => string.Join(
        ' ', new[] { Type, string.Join(',', Databases), string.Join(',', Users), Network, Method }.Where(static word => word.Length > 0));

    private string Network => Netmask.Length == 0 ? Address
        : IPAddress.TryParse(Netmask, out var mask) ? string.Create(CultureInfo.InvariantCulture, $"{Address}/{mask.GetAddressBytes().Sum(static b => BitOperations.PopCount(b))}")
        : $"{Address} {Netmask}";
}

/// <summary>
/// VALID UNTIL stops password logins only. The dead man's switch therefore holds when no line lets a temporary login in by another method,
/// or when a line for <c>+dbchatops_temp</c> catches it before.
/// </summary>
internal static class HostRules
{
    /// <summary>A line for hosts does not match the local socket, so it takes both.</summary>
    public const string Binding =
        """
        local  all  +dbchatops_temp       scram-sha-256
        host   all  +dbchatops_temp  all  scram-sha-256
        """;

    private const string Marker = "+dbchatops_temp";

    /// <summary>The first line that lets a temporary login in without a password, or null when there is none.</summary>
    public static HostRule? FirstUnbound(IReadOnlyList<HostRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i];
            var caught = rules.Take(i).Any(earlier => Catches(earlier, rule));
            if (MayMatchTemporaryLogins(rule) && !IsPassword(rule.Method) && !caught)
            {
                return rule;
            }
        }

        return null;
    }

    private static bool Catches(HostRule earlier, HostRule later) =>
        earlier.Users.Contains(Marker, StringComparer.Ordinal)
        && IsPassword(earlier.Method)
        && earlier.Databases.Contains("all", StringComparer.Ordinal)
        && (string.Equals(earlier.Type, later.Type, StringComparison.Ordinal)
            || (earlier.Type is "host" && later.Type.StartsWith("host", StringComparison.Ordinal)))
        && (earlier.Address is "all" || (string.Equals(earlier.Address, later.Address, StringComparison.Ordinal)
            && string.Equals(earlier.Netmask, later.Netmask, StringComparison.Ordinal)));

    // A named user is never temporary: names are made fresh. Groups and patterns may be.
    private static bool MayMatchTemporaryLogins(HostRule rule) =>
        !rule.Databases.SequenceEqual(["replication"], StringComparer.Ordinal)
        && rule.Users.Any(static u => u is "all" || u.StartsWith('+') || u.StartsWith('/'));

    private static bool IsPassword(string method) => method is "scram-sha-256" or "md5" or "password" or "reject";
}
