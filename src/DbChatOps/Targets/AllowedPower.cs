namespace DbChatOps.Targets;

/// <summary>
/// A power that a role of a level holds on purpose. <c>check</c> reports it as a note with the reason; every power that is not allowed by name is a finding.
/// </summary>
/// <param name="Kind">What sort of power it is.</param>
/// <param name="Name">The name on the server: a role, a parameter, a tablespace, …</param>
/// <param name="Reason">Why it is needed, in the operator's words; never empty.</param>
public sealed record AllowedPower(PowerKind Kind, string Name, string Reason);

/// <summary>
/// What the roles of a level may hold beyond the rights in their own database, if the configuration allows it. Attributes of power, LOGIN and ADMIN options are
/// not among them: the facade lends no role that holds one, directly or through another.
/// </summary>
public enum PowerKind
{
    /// <summary>Membership in a role: one of the server's own (<c>pg_…</c>) or any other.</summary>
    Role = 0,

    /// <summary>SET or ALTER SYSTEM on a server parameter (PostgreSQL 15 and later).</summary>
    Parameter = 1,

    /// <summary>CREATE in a tablespace.</summary>
    Tablespace = 2,

    /// <summary>USAGE of a procedural language that PUBLIC does not have.</summary>
    Language = 3,

    /// <summary>USAGE of a foreign data wrapper: its holder can define foreign servers.</summary>
    ForeignDataWrapper = 4,

    /// <summary>USAGE of a foreign server.</summary>
    ForeignServer = 5,

    /// <summary>Ownership of a subscription (PostgreSQL 16 and later): its owner can point it at another server.</summary>
    Subscription = 6,
}
