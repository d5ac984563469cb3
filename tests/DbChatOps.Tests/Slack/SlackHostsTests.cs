using DbChatOps.Host.Slack;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>The bot speaks to hosts that belong to the configured API, and to no others, whatever an answer names.</summary>
public sealed class SlackHostsTests
{
    [Theory]
    [InlineData("http://slack.com/api/")]
    [InlineData("https://slack.com/api")]
    [InlineData("https://user@slack.com/api/")]
    [InlineData("ftp://127.0.0.1/api/")]
    [InlineData("/api/")]
    public void An_unsafe_API_address_stops_the_start(string address) =>
        Should.Throw<ArgumentException>(() => new SlackHosts(new Uri(address, UriKind.RelativeOrAbsolute)));

    [Theory]
    [InlineData("https://hooks.slack.com/actions/T/1/x", true)]
    [InlineData("http://hooks.slack.com/actions/T/1/x", false)]
    [InlineData("https://hooks.slack.com:8443/x", false)]
    [InlineData("https://hooks.slack.com.evil.example/x", false)]
    [InlineData("https://hooks.slack.com@evil.example/x", false)]
    [InlineData("https://evil.example/?hooks.slack.com", false)]
    [InlineData("https://127.0.0.1/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("hooks.slack.com/x", false)]
    [InlineData("", false)]
    public void Response_urls_are_pinned_to_the_host_that_belongs_to_the_API(string address, bool accepted) =>
        (new SlackHosts(new Uri("https://slack.com/api/")).ResponseUrl(address) is not null).ShouldBe(accepted);

    [Theory]
    [InlineData("wss://wss-primary.slack.com/link/?ticket=1", true)]
    [InlineData("wss://WSS-PRIMARY.SLACK.COM/link", true)]
    [InlineData("wss://evilslack.com/link", false)]
    [InlineData("wss://wss-primary.evilslack.com/link", false)]
    [InlineData("wss://slack.com.evil.example/link", false)]
    [InlineData("wss://wss.slack.com.example/link", false)]
    [InlineData("wss://evil.example/?wss.slack.com", false)]
    [InlineData("wss://wss.slack.com:8443/link", false)]
    [InlineData("ws://wss.slack.com/link", false)]
    [InlineData("https://wss.slack.com/link", false)]
    [InlineData("wss://127.0.0.1/link", false)]
    [InlineData("wss.slack.com/link", false)]
    [InlineData("", false)]
    public void Sockets_are_pinned_to_hosts_of_the_APIs_own_domain(string address, bool accepted) =>
        (new SlackHosts(new Uri("https://slack.com/api/")).Socket(address) is not null).ShouldBe(accepted);

    [Theory]
    [InlineData("ws://127.0.0.1:1234/link", true)]
    [InlineData("wss://localhost:1234/link", true)]
    [InlineData("wss://wss.slack.com/link", false)]
    [InlineData("http://127.0.0.1:1234/link", false)]
    public void An_API_on_loopback_leads_to_sockets_there_alone(string address, bool accepted) =>
        (new SlackHosts(new Uri("http://127.0.0.1:1/api/")).Socket(address) is not null).ShouldBe(accepted);
}
