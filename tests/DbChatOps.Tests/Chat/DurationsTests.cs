using DbChatOps.Chat;
using DbChatOps.Tests.Slack;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Chat;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("45s", 45), InlineData("30m", 1800), InlineData("30M", 1800), InlineData("2h", 7200), InlineData("1h30m", 5400), InlineData("1d", 86400)]
    [InlineData("10min", 600), InlineData("2hours", 7200), InlineData("1hr", 3600), InlineData(" 5m ", 300)]
    public void Units_are_read(string word, int seconds) => Read(word).ShouldBe(TimeSpan.FromSeconds(seconds).ToString());

    [Theory]
    [InlineData("30", "unit_missing"), InlineData("0m", "window_too_short"), InlineData("00000s", "window_too_short")]
    public void A_number_without_a_unit_is_never_guessed(string word, string code) => Read(word).ShouldBe(code);

    [Theory]
    [InlineData(""), InlineData("soon"), InlineData("-5m"), InlineData("1.5h"), InlineData("٣m"), InlineData("30mm"), InlineData("m"), InlineData("123456m"), InlineData("INC-42")]
    [InlineData("999999999999999999999999999999"), InlineData("1d1d1d1d1d1d1d1d1d1d1d")]
    public void Anything_else_is_not_a_duration(string word) => Read(word).ShouldBe("not a duration");

    [Fact]
    public void What_the_bot_writes_it_can_read() => Prop.ForAll(Gen.Choose(1, 5_000_000).ToArbitrary(), seconds =>
        Read(Durations.ToTyped(TimeSpan.FromSeconds(seconds))) == TimeSpan.FromSeconds(seconds).ToString())
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_typed_is_too_much() => Prop.ForAll(HostileText.Texts.ToArbitrary(), text => Read(text).Length > 0).QuickCheckThrowOnFailure();

    private static string Read(string word) => Durations.Read(word) is not { } read ? "not a duration"
        : read.TryGet(out var duration, out var refusal) ? duration.Value.ToString() : refusal.Code;
}
