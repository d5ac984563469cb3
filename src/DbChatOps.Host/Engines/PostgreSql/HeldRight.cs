using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One right on one object that a judged role has: itself, as an owner, through PUBLIC, or through a role that it is a member of.</summary>
/// <param name="Judged">The role that was asked about.</param>
/// <param name="Keyword">How GRANT calls the kind of object, such as <c>FOREIGN SERVER</c>.</param>
/// <param name="Name">The object's name, quoted as a statement needs it.</param>
/// <param name="Privilege">As GRANT calls it, with its columns if it has any, or <see cref="Ownership"/>.</param>
/// <param name="Grantee">Who holds it; null for PUBLIC.</param>
/// <param name="PassedOn">Whether the grantee granted it to others: only CASCADE takes it then.</param>
internal sealed record HeldRight(string Judged, string Keyword, string Name, string Privilege, string? Grantee, string Grantor, string Owner, bool PassedOn)
{
    public const string Ownership = "OWNER";

    /// <summary>The number of columns that <see cref="Read"/> takes; what a statement adds stands after them.</summary>
    public const int Columns = 8;

    public static HeldRight Read(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.TextOrNull(4), row.GetString(5), row.GetString(6), row.GetBoolean(7));

    /// <summary>The role by which the judged one has it, when that is neither itself nor PUBLIC.</summary>
    public string? Through => Grantee is null || string.Equals(Grantee, Judged, StringComparison.Ordinal) ? null : Grantee;

    /// <summary>
    /// The statements for a superuser after which the judged roles no longer have these rights. A right that a third party granted ends only by that
    /// party's own REVOKE; one that comes through another role ends with the membership.
    /// </summary>
    public static string Cure(IEnumerable<HeldRight> rights, Memberships memberships)
    {
        var held = rights.ToList();
        var statements = held.Where(static r => r.Through is null)
            .GroupBy(static r => (r.Keyword, r.Privilege, r.Grantee, ByThirdParty: ThirdParty(r), r.PassedOn))
            .Select(static g => Revoke(g.Key.Keyword, [.. g.Select(static r => r.Name).Distinct(StringComparer.Ordinal)], g.Key.Privilege, g.Key.Grantee, g.Key.ByThirdParty, g.Key.PassedOn));
        var cuts = held.Where(static r => r.Through is not null).Select(r => memberships.Cut(r.Judged, r.Through ?? string.Empty));
        return string.Join('\n', statements.Concat(cuts).Distinct(StringComparer.Ordinal));
    }

    private static string? ThirdParty(HeldRight right) => string.Equals(right.Grantor, right.Owner, StringComparison.Ordinal) ? null : right.Grantor;

    private static string Revoke(string keyword, IReadOnlyList<string> names, string privilege, string? grantee, string? thirdParty, bool passedOn)
    {
        if (privilege is Ownership)
        {
            return string.Join('\n', names.Select(name => $"ALTER {(keyword is "FOREIGN SERVER" ? "SERVER" : keyword)} {name} OWNER TO CURRENT_USER;"));
        }

        var revoke = $"REVOKE {privilege} ON {keyword} {string.Join(", ", names)} FROM {(grantee is null ? "PUBLIC" : NpgsqlReading.Quote(grantee))}{(passedOn ? " CASCADE" : string.Empty)};";
        return thirdParty is null ? revoke : $"SET ROLE {NpgsqlReading.Quote(thirdParty)}; {revoke} RESET ROLE;";
    }
}
