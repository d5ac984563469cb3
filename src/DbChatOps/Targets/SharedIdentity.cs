namespace DbChatOps.Targets;

/// <summary>
/// One cluster must not be two servers: caps and lanes would be split, each entry's reconciler would end what the other made, and in two environments
/// the stricter one guards nothing. So an equal system identifier is either a declared physical copy or an error of both. Ending access goes on.
/// </summary>
public static class SharedIdentity
{
    public const string Code = "identity_shared";

    /// <summary>An error for each other configured server that has this identity and shares no original with this one.</summary>
    /// <param name="known">System identifiers by server: what is pinned, or was seen just now.</param>
    public static IReadOnlyList<Finding> Find(Server server, string systemIdentifier, IReadOnlyDictionary<ServerId, string> known, TargetBook book) =>
    [
        .. book.Servers
            .Where(other => other.Id != server.Id && known.GetValueOrDefault(other.Id) == systemIdentifier && book.OriginalOf(other) != book.OriginalOf(server))
            .Select(other => new Finding
            {
                Severity = FindingSeverity.Error,
                Code = Code,
                Message = $"it has the system identifier {systemIdentifier} of {other.Id}{Environments(server, other)}: one cluster under two names, or an undeclared physical copy.",
                Cure = $"One cluster: keep one entry and move its Databases there. A physical copy: \"CloneOf\" in the copy's entry names the original, such as \"CloneOf\": \"{other.Id}\".",
                CureIn = "in the configuration, under Servers",
            }),
    ];

    private static string Environments(Server server, Server other) =>
        server.Environment == other.Environment ? "" : $" ({other.Environment}, while this is {server.Environment})";
}
