using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

public sealed class PolicyHashTests
{
    [Fact]
    public void The_order_of_groups_does_not_matter() =>
        PolicyHash.Of(Policy() with { Requesters = ["a", "b"] }).ShouldBe(PolicyHash.Of(Policy() with { Requesters = ["b", "a"] }));

    [Fact]
    public void Every_part_of_a_policy_is_in_its_hash()
    {
        var policy = Policy();
        var rule = policy.Rule;
        AccessPolicy[] variants =
        [
            policy, policy with { Name = "x" }, policy with { Requesters = [] }, policy with { MaximumWindow = TimeSpan.FromHours(3) },
            policy with { DefaultWindow = TimeSpan.FromHours(1) }, policy with { AutoApprove = true }, policy with { RequiresTicket = true },
            policy with { MinimumReason = 1 }, policy with { MinimumReason = 4 },
            policy with { CoolDownAfterDenial = TimeSpan.FromHours(1) },
            policy with { Extension = new ExtensionRule { Allowed = true } },
            policy with { Extension = new ExtensionRule { Allowed = true, MaximumTimes = 1 } },
            policy with { Extension = new ExtensionRule { Allowed = true, MaximumTotal = TimeSpan.FromHours(1) } },
            policy with { Covers = policy.Covers with { Environments = null } }, policy with { Covers = policy.Covers with { Environments = [] } },
            policy with { Covers = policy.Covers with { Targets = [] } }, policy with { Covers = policy.Covers with { Tags = [] } },
            policy with { Covers = policy.Covers with { Levels = [AccessLevel.Write] } },
            policy with { Rule = rule with { Seats = [] } }, policy with { Rule = rule with { PendingFor = TimeSpan.FromHours(1) } },
            policy with { Rule = rule with { ClaimWithin = TimeSpan.FromHours(2) } }, policy with { Rule = rule with { Channel = "C1" } },
            policy with { Rule = rule with { PingGroups = ["dba"] } }, policy with { Rule = rule with { OneDenialIsFinal = false } },
            policy with { Rule = rule with { Escalation = new Escalation { Group = "g", After = TimeSpan.FromHours(1) } } },
            policy with { Rule = rule with { Escalation = new Escalation { Group = "g", After = TimeSpan.FromHours(2) } } },
        ];

        variants.Select(PolicyHash.Of).Distinct(StringComparer.Ordinal).Count().ShouldBe(variants.Length);
    }

    /// <summary>A property that is added to a policy must be added to the hash as well: count them.</summary>
    [Theory]
    [InlineData(typeof(AccessPolicy), 11)]
    [InlineData(typeof(PolicyScope), 4)]
    [InlineData(typeof(ApprovalRule), 8)]
    [InlineData(typeof(Seat), 2)]
    [InlineData(typeof(Escalation), 2)]
    public void No_property_was_forgotten(Type type, int properties) =>
        type.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance).Length.ShouldBe(properties);
}
