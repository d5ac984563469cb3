using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>Writes down that the login was used: the first time, and whenever a new client address appears.</summary>
public sealed record RecordSessions(GrantId Grant, IReadOnlyList<LoginSession> Sessions) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, RecordSessions command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        if (grant.State == GrantState.Revoked || command.Sessions.Count == 0)
        {
            return Decision<Grant>.Unchanged(grant);
        }

        IReadOnlyList<string> addresses = [.. command.Sessions.Select(session => session.ClientAddress ?? "local socket").Distinct(StringComparer.Ordinal)];
        var isNews = grant.Receipt.FirstSeen is null || addresses.Except(grant.Receipt.ClientAddresses, StringComparer.Ordinal).Any();
        return !isNews
            ? Decision<Grant>.Unchanged(grant)
            : Decision<Grant>.Of(grant, new SessionsSeen
            {
                Grant = grant.Id,
                FirstSeen = command.Sessions.Min(session => session.StartedAt),
                LastSeen = facts.Now,
                ClientAddresses = addresses,
                Sessions = command.Sessions.Count,
                By = facts.Actor.Id,
                At = facts.Now,
            });
    }
}
