using System.Globalization;
using DbChatOps.Chat;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>What the host's operator asks of a running bot: it travels as an inbox row, because only one process decides.</summary>
public abstract record OperatorRequest
{
    private const string About = "about";
    private const string Reason = "reason";
    private const string Number = "upTo";

    private OperatorRequest()
    {
    }

    /// <summary>End these grants; for a person also what they asked for, by all of their accounts.</summary>
    public sealed record Revoke(GrantSelection Which, string Because) : OperatorRequest;

    /// <summary>Compare servers and ledger now.</summary>
    public sealed record Reconcile : OperatorRequest;

    /// <summary>The store was restored (or lost) on purpose: grant on this server again. <paramref name="UpTo"/> is the number that the operator was shown.</summary>
    public sealed record ConfirmRestore(ServerId Server, long UpTo, string Because) : OperatorRequest;

    /// <summary>Every request is new; nothing is mistaken for a repeat.</summary>
    public Delivery ToDelivery(PersonId by, DateTimeOffset now) => new()
    {
        Key = $"cli-{Guid.CreateVersion7(now):N}",
        Kind = DeliveryKind.CommandLine,
        ReceivedAt = now,
        Person = by,
        Action = this switch { Revoke => "revoke", ConfirmRestore => "confirm-restore", _ => "reconcile" },
        Answers = this switch
        {
            Revoke revoke => new Dictionary<string, string>(StringComparer.Ordinal) { [About] = revoke.Which.ToString(), [Reason] = revoke.Because },
            ConfirmRestore confirm => new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [About] = confirm.Server.Value, [Number] = confirm.UpTo.ToString(CultureInfo.InvariantCulture), [Reason] = confirm.Because,
            },
            _ => new Dictionary<string, string>(StringComparer.Ordinal),
        },
    };

    /// <summary>Null for what this release does not know.</summary>
    public static OperatorRequest? From(Delivery delivery) => delivery.Action switch
    {
        "revoke" when delivery.Answers.TryGetValue(About, out var about) && GrantSelection.Parse(about) is { } which =>
            new Revoke(which, delivery.Answers.GetValueOrDefault(Reason) ?? ""),
        "confirm-restore" when delivery.Answers.TryGetValue(About, out var server) && long.TryParse(delivery.Answers.GetValueOrDefault(Number), CultureInfo.InvariantCulture, out var upTo) =>
            new ConfirmRestore(new ServerId(server), upTo, delivery.Answers.GetValueOrDefault(Reason) ?? ""),
        "reconcile" => new Reconcile(),
        _ => null,
    };
}
