using System.Text;
using DbChatOps.Host.Slack;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

public sealed class SlackSignatureTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(Sample.Json("signing-vector")["body"]!.GetValue<string>());
    private static readonly string Signature = Sample.Json("signing-vector")["signature"]!.GetValue<string>();
    private const string Timestamp = "1531420618";

    [Fact]
    public void The_documented_example_is_accepted() => Check(Timestamp, Signature, Body).ShouldBeTrue();

    [Theory]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void Five_minutes_either_way_is_the_limit(int seconds, bool accepted) =>
        Check(Timestamp, Signature, Body, seconds).ShouldBe(accepted);

    [Theory]
    [InlineData("")]
    [InlineData("1531420618.0")]
    [InlineData(" 1531420618")]
    [InlineData("+1531420618")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("soon")]
    public void A_timestamp_that_is_no_number_is_refused(string timestamp) => Check(timestamp, Signature, Body).ShouldBeFalse();

    [Fact]
    public void Every_changed_byte_of_the_body_is_noticed()
    {
        for (var at = 0; at < Body.Length; at++)
        {
            var changed = (byte[])Body.Clone();
            changed[at] ^= 1;
            Check(Timestamp, Signature, changed).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_shorter_longer_or_differently_written_signature_is_refused()
    {
        string[] wrong = ["", "v0=", Signature[..^1], Signature + "0", Signature.ToUpperInvariant(), Signature[3..], "v1" + Signature[2..]];
        wrong.ShouldAllBe(signature => !Check(Timestamp, signature, Body, 0));
    }

    [Fact]
    public void Two_headers_of_one_name_are_refused()
    {
        var check = new SlackSignature(new Secret("8f742231b10e8888abcd99yyyzzz85a5"), new StoppedClock(DateTimeOffset.FromUnixTimeSeconds(1531420618)));

        check.IsValid(new([Timestamp, Timestamp]), Signature, Body).ShouldBeFalse();
        check.IsValid(Timestamp, new([Signature, Signature]), Body).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_signing_secret_stops_the_start(string secret) =>
        Should.Throw<ArgumentException>(() => new SlackSignature(new Secret(secret), TimeProvider.System));

    private static bool Check(string timestamp, string signature, byte[] body, int later = 0) =>
        new SlackSignature(new Secret("8f742231b10e8888abcd99yyyzzz85a5"), new StoppedClock(DateTimeOffset.FromUnixTimeSeconds(1531420618 + later)))
            .IsValid(timestamp, signature, body);
}
