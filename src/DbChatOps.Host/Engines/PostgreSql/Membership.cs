namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One row of <c>pg_auth_members</c>: <paramref name="Member"/> is a member of <paramref name="Role"/>.</summary>
/// <param name="Grantor">Set from PostgreSQL 16 on, where a membership ends only by the name of its grantor.</param>
/// <param name="PassedOn">Whether the member granted the role to others: from 16 on only CASCADE takes it then.</param>
internal sealed record Membership(string Role, string Member, bool Admin, bool Inherit, bool Set, string? Grantor, bool PassedOn)
{
    /// <summary>The options as the server names them, such as <c>INHERIT, SET</c>.</summary>
    public string Options => string.Join(", ", new[] { Inherit ? "INHERIT" : null, Set ? "SET" : null, Admin ? "ADMIN" : null }.OfType<string>()) is { Length: > 0 } options
        ? options
        : "no option";

    public string Revoke => $"REVOKE {NpgsqlReading.Quote(Role)} FROM {Tail}";

    public string RevokeAdmin => $"REVOKE ADMIN OPTION FOR {NpgsqlReading.Quote(Role)} FROM {Tail}";

    private string Tail =>
        $"{NpgsqlReading.Quote(Member)}{(Grantor is null ? string.Empty : $" GRANTED BY {NpgsqlReading.Quote(Grantor)}")}{(PassedOn ? " CASCADE" : string.Empty)};";
}
