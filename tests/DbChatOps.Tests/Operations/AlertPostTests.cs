using DbChatOps.Host.Operations.Alerts;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Operations;

public sealed class AlertPostTests
{
    private static readonly AlertMessage Trouble = new()
    {
        Key = "wrong_server:orders",
        Summary = "orders is another server",
        Source = "dbchatops",
        Component = "orders",
        At = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero),
        Details = ["a \"quoted\"\nline"],
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_routing_key_it_is_plain_json()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        using var http = AlertPost.CreateClient();

        (await new AlertPost(http, () => receiver.Address).SendAsync(Trouble, Ct)).ShouldBeNull();

        var body = receiver.Taken.ShouldHaveSingleItem();
        body["key"]!.GetValue<string>().ShouldBe("wrong_server:orders");
        body["status"]!.GetValue<string>().ShouldBe("firing");
        body["details"]![0]!.GetValue<string>().ShouldBe("a \"quoted\"\nline");
    }

    [Fact]
    public async Task With_a_routing_key_it_is_a_pagerduty_event()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        using var http = AlertPost.CreateClient();
        var post = new AlertPost(http, () => receiver.Address with { RoutingKey = new Secret("R0") });

        await post.SendAsync(Trouble, Ct);
        await post.SendAsync(Trouble with { Resolves = true }, Ct);

        var (trigger, resolve) = (receiver.Taken[0], receiver.Taken[1]);
        trigger["routing_key"]!.GetValue<string>().ShouldBe("R0");
        trigger["event_action"]!.GetValue<string>().ShouldBe("trigger");
        trigger["payload"]!["severity"]!.GetValue<string>().ShouldBe("critical");
        resolve["event_action"]!.GetValue<string>().ShouldBe("resolve");
        resolve["dedup_key"]!.GetValue<string>().ShouldBe(trigger["dedup_key"]!.GetValue<string>());
        resolve.ContainsKey("payload").ShouldBeFalse();
    }

    [Fact]
    public async Task A_receiver_that_says_no_or_is_gone_is_named_without_its_address()
    {
        using var http = AlertPost.CreateClient();
        AlertAddress address;
        await using (var receiver = await AlertReceiver.StartAsync())
        {
            address = receiver.Address;
            receiver.Answer = StatusCodes.Status500InternalServerError;
            (await new AlertPost(http, () => address).SendAsync(Trouble, Ct)).ShouldBe("it was answered with 500");
        }

        var gone = await new AlertPost(http, () => address).SendAsync(Trouble, Ct);

        gone.ShouldNotBeNull();
        gone.ShouldNotContain(address.Url.Reveal());
    }

    [Fact]
    public async Task Without_an_address_nothing_is_sent()
    {
        using var http = AlertPost.CreateClient();

        (await new AlertPost(http, () => null).SendAsync(Trouble, Ct)).ShouldBeNull();
    }
}
