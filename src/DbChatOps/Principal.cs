using System.Diagnostics.CodeAnalysis;

namespace DbChatOps;

/// <summary>
/// A chat identity: platform, realm (the enterprise id, or the team id where there is none) and user id. E-mail and display name never identify.
/// Written <c>slack:T0ACME:U123</c>.
/// </summary>
public readonly record struct PersonId(string Platform, string Realm, string User) : IParsable<PersonId>
{
    /// <summary>The bot itself, where it acts on a timer.</summary>
    public static readonly PersonId Bot = new("bot", "-", "-");

    private const string CommandLinePlatform = "cli";

    /// <summary>It came from the host's command line, not from chat.</summary>
    public bool IsOperator => Platform == CommandLinePlatform;

    /// <summary>The bot or an operator of its host: nobody whom a chat platform could show.</summary>
    public bool IsSystem => IsOperator || this == Bot;

    /// <summary>
    /// Whoever runs commands on the bot's host, by the name of their account there: said for the record, and proven only by their having got so far.
    /// Characters that names of accounts seldom have become hyphens.
    /// </summary>
    public static PersonId Operator(string account)
    {
        var name = string.Concat(account.Take(64).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' ? letter : '-'));
        return new PersonId(CommandLinePlatform, "host", name.Length == 0 ? "-" : name);
    }

    public static PersonId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("A person is written platform:realm:user.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PersonId result)
    {
        var parts = s?.Split(':');
        result = parts is [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }] ? new PersonId(parts[0], parts[1], parts[2]) : default;
        return result != default;
    }

    public override string ToString() => $"{Platform}:{Realm}:{User}";
}

/// <summary>A known person as the directory described them at one moment.</summary>
public sealed record Principal
{
    public required PersonId Id { get; init; }

    /// <summary>For reading only; untrusted text, escaped wherever it is shown.</summary>
    public required string Name { get; init; }

    public required PrincipalKind Kind { get; init; }

    /// <summary>
    /// The human behind the identity: seats count humans. Equal to the id, unless the configuration links several identities of one person.
    /// </summary>
    public required string Human { get; init; }

    /// <summary>IANA time zone from the chat profile; times are shown in it with UTC beside them.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The bot acting on a timer.</summary>
    public static Principal Bot { get; } = new() { Id = PersonId.Bot, Name = "DbChatOps", Kind = PrincipalKind.System, Human = "bot" };

    /// <summary>Whoever may run commands on the bot's own host.</summary>
    public static Principal Operator(PersonId id) => id.IsOperator
        ? new Principal { Id = id, Name = id.User, Kind = PrincipalKind.System, Human = id.ToString() }
        : throw new ArgumentException($"{id} is not an operator of the host.", nameof(id));
}

/// <summary>Only <see cref="Member"/> may ask, approve or hold; everything else is refused with its own reason.</summary>
public enum PrincipalKind
{
    Member = 0,
    Guest = 1,
    Stranger = 2,
    Bot = 3,
    Deactivated = 4,
    System = 5,
}
