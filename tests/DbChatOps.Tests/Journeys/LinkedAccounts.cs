using DbChatOps.Host.Configuration;
using DbChatOps.Policies;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>Ana's and Cy's accounts belong to one human.</summary>
internal static class LinkedAccounts
{
    public static Settings Of(Settings settings, IReadOnlyList<AccessPolicy> policies, string? cyJoins = null) => settings with
    {
        Policies = new PolicyBook(
            policies,
            [.. settings.Policies.Groups.Select(group => group.Name == cyJoins ? group with { Roster = [.. group.Roster, IdOf(Cy)], ChatGroup = null } : group)],
            new People([new Human { Key = "ana", Identities = [IdOf(Ana), IdOf(Cy)] }])),
    };
}
