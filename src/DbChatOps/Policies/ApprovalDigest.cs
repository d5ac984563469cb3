using System.Globalization;
using System.Text.Json.Serialization;
using DbChatOps.Targets;

namespace DbChatOps.Policies;

/// <summary>What exactly was asked, in 64 hexadecimal digits. An approval is bound to it and is worth nothing for anything else.</summary>
public readonly record struct ApprovalDigest(string Hex)
{
    /// <summary>Eight characters, as shown on cards and in the approval dialog.</summary>
    [JsonIgnore]
    public string Brief => Hex[..8];

    public static ApprovalDigest Of(AskedAccess asked)
    {
        using var print = new Fingerprint();
        print.Add("approval/1")
            .Add(asked.Requester.ToString())
            .Add(asked.Server.Value).Add(asked.Target.Value)
            .Add(asked.SystemIdentifier).Add(asked.DatabaseOid.ToString(CultureInfo.InvariantCulture))
            .Add(asked.StandingRole)
            .Add(asked.Level.ToString())
            .Add(asked.Window)
            .Add(asked.PolicyHash)
            .Add(asked.Reason);
        return new ApprovalDigest(print.ToHex());
    }

    public override string ToString() => Hex;
}

/// <summary>Everything an approver says yes to.</summary>
public sealed record AskedAccess
{
    public required PersonId Requester { get; init; }

    public required ServerId Server { get; init; }

    public required TargetId Target { get; init; }

    /// <summary>With <see cref="DatabaseOid"/> the target's pin: another cluster or a re-created database is another question.</summary>
    public required string SystemIdentifier { get; init; }

    public required uint DatabaseOid { get; init; }

    public required string StandingRole { get; init; }

    public required AccessLevel Level { get; init; }

    public required TimeSpan Window { get; init; }

    public required string PolicyHash { get; init; }

    public required string Reason { get; init; }
}
