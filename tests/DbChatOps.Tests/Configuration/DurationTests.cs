using DbChatOps.Host.Configuration.Reading;
using DbChatOps.Policies;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

public sealed class DurationTests
{
    [Theory]
    [InlineData("45s", 45), InlineData("30m", 1800), InlineData("2h", 7200), InlineData("1d", 86400), InlineData("1h30m", 5400), InlineData("90m", 5400)]
    public void Durations_are_read_with_their_unit(string text, int seconds)
    {
        Duration.TryParse(text, out var span).ShouldBeTrue();
        span.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData(""), InlineData("30"), InlineData("m"), InlineData("-5m"), InlineData("5 m"), InlineData("5m "), InlineData("5M"), InlineData("30m1h")]
    [InlineData("1.5h"), InlineData("٣m"), InlineData("5m\n"), InlineData("99999999999999d"), InlineData("00:30:00")]
    public void Anything_else_is_refused(string text) => Duration.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void What_the_bot_writes_it_can_read() => Prop.ForAll(Gen.Choose(1, 5_000_000).ToArbitrary(), seconds =>
        Duration.TryParse(DbChatOps.Chat.Durations.ToTyped(TimeSpan.FromSeconds(seconds)), out var span) && span == TimeSpan.FromSeconds(seconds))
        .QuickCheckThrowOnFailure();
}
