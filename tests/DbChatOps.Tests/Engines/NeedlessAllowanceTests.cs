using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>An entry of <c>Allow</c> that several targets share is told once, and only if none of them needs it.</summary>
public sealed class NeedlessAllowanceTests
{
    private static readonly AllowedPower Archive = new(PowerKind.ForeignServer, "archive", "old orders");
    private static readonly StandingRoleUse Orders = Use("orders", Archive);
    private static readonly StandingRoleUse Billing = Use("billing", Archive);

    [Fact]
    public void One_that_no_target_needs_is_told_once_with_all_of_them() =>
        Left(Knowing([Orders, Billing])).ShouldHaveSingleItem().Message.ShouldStartWith("orders/read, billing/read: ForeignServer archive is allowed but not found");

    [Fact]
    public void One_that_a_single_target_needs_stays()
    {
        var roles = Knowing([Orders, Billing]);

        roles.Judge(Billing, Archive.Kind, Archive.Name, FindingSeverity.Error, "way_out_reachable", "billing/read: found.", "cure");

        Left(roles).ShouldBeEmpty();
    }

    [Fact]
    public void Of_hundreds_a_few_are_named() =>
        Left(Knowing([.. Enumerable.Range(1, 200).Select(n => Use($"shard-{n}", Archive))])).ShouldHaveSingleItem().Message
            .ShouldStartWith("shard-1/read, shard-2/read, shard-3/read, shard-4/read, shard-5/read and 195 more: ForeignServer archive");

    [Fact]
    public void Roles_that_are_still_to_be_made_say_nothing()
    {
        var roles = new JudgedRoles([Orders, Billing]);
        roles.Know([Orders.Role], new Memberships([]));

        Left(roles).ShouldBeEmpty();
    }

    private static List<Finding> Left(JudgedRoles roles)
    {
        roles.ReportNeedlessAllowances(sawAll: true);
        return roles.Findings.FindAll(static finding => finding.Code == "allowed_not_found");
    }

    private static JudgedRoles Knowing(StandingRoleUse[] uses)
    {
        var roles = new JudgedRoles(uses);
        roles.Know(uses.Select(static use => use.Role), new Memberships([]));
        return roles;
    }

    private static StandingRoleUse Use(string target, AllowedPower power)
    {
        var of = PostgreSqlStage.TargetOf(target, target);
        return new StandingRoleUse(of, AccessLevel.Read, of.Levels[AccessLevel.Read] with { Allow = [power] });
    }
}
