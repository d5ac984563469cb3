using DbChatOps.Host.Engines.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

public sealed class HostRulesTests
{
    private static readonly HostRule Binding = new("host", ["all"], ["+dbchatops_temp"], "all", "scram-sha-256");

    [Theory]
    [InlineData("host", "all", "trust", false)]
    [InlineData("hostssl", "all", "cert", false)]
    [InlineData("local", "all", "peer", false)]
    [InlineData("host", "+staff", "ldap", false)]
    [InlineData("host", "/^d.*$", "trust", false)]
    [InlineData("host", "all", "scram-sha-256", true)]
    [InlineData("host", "all", "reject", true)]
    [InlineData("host", "postgres", "trust", true)]
    public void A_line_that_lets_temporary_logins_in_without_a_password_is_found(string type, string user, string method, bool bound) =>
        (HostRules.FirstUnbound([new HostRule(type, ["all"], [user], "10.0.0.0", method)]) is null).ShouldBe(bound);

    [Fact]
    public void A_binding_line_before_it_makes_it_harmless()
    {
        var trust = new HostRule("hostssl", ["all"], ["all"], "10.0.0.0", "cert");

        HostRules.FirstUnbound([Binding, trust]).ShouldBeNull();
        HostRules.FirstUnbound([trust, Binding]).ShouldBe(trust);
    }

    [Theory]
    [InlineData("255.255.255.255", "255.0.0.0", false)]
    [InlineData("255.0.0.0", "255.0.0.0", true)]
    public void A_binding_line_catches_only_the_network_that_it_is_for(string bound, string open, bool caught)
    {
        var binding = new HostRule("host", ["all"], ["+dbchatops_temp"], "10.0.0.0", "scram-sha-256") { Netmask = bound };
        var trust = new HostRule("host", ["all"], ["all"], "10.0.0.0", "trust") { Netmask = open };

        (HostRules.FirstUnbound([binding, trust]) is null).ShouldBe(caught);
        trust.ToString().ShouldBe("host all all 10.0.0.0/8 trust");
    }

    [Fact]
    public void A_binding_line_for_hosts_does_not_cover_the_local_socket()
    {
        var local = new HostRule("local", ["all"], ["all"], string.Empty, "trust");

        HostRules.FirstUnbound([Binding, local]).ShouldBe(local);
    }
}
