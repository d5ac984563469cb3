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
    [InlineData("1.5h", 5400), InlineData("1,5h", 5400), InlineData("0.25h", 900), InlineData("1h 30m", 5400), InlineData("30 min", 1800), InlineData("1.5 hours", 5400), InlineData("1 h 30 m", 5400)]
    [InlineData("for 2h", 7200), InlineData("for 30 minutes", 1800), InlineData("2h,", 7200), InlineData("(2h)", 7200), InlineData("*30m*", 1800), InlineData("`30m`", 1800), InlineData("\u206030m\u2060", 1800)]
    public void Units_are_read(string typed, int seconds) => Read(typed).ShouldBe(TimeSpan.FromSeconds(seconds).ToString());

    [Theory]
    [InlineData("30", "unit_missing"), InlineData("0m", "window_too_short"), InlineData("00000s", "window_too_short"), InlineData("999999999999999999999999999999", "unit_missing")]
    [InlineData("-5m", "not_a_time"), InlineData("−5m", "not_a_time"), InlineData("+2h", "not_a_time"), InlineData("2h-ish", "not_a_time"), InlineData("2h/day", "not_a_time")]
    [InlineData("1-2h", "not_a_time"), InlineData("1-2 hours", "not_a_time"), InlineData("3w", "not_a_time"), InlineData("2 weeks", "not_a_time"), InlineData("1:30", "not_a_time"), InlineData("1h30", "not_a_time")]
    [InlineData("٣m", "not_a_time"), InlineData("½h", "not_a_time"), InlineData("２h", "not_a_time"), InlineData("1,500h", "not_a_time"), InlineData("30m1h", "not_a_time"), InlineData("30m 2h", "not_a_time")]
    [InlineData("123456m", "not_a_time"), InlineData("1d1d1d", "not_a_time"), InlineData("2h 3", "not_a_time"), InlineData("until 5pm", "not_a_time"), InlineData("till tomorrow", "not_a_time")]
    [InlineData("an hour", "not_a_time"), InlineData("half an hour", "not_a_time"), InlineData("two hours", "not_a_time"), InlineData("a few minutes", "not_a_time"), InlineData("500ms", "not_a_time")]
    [InlineData("forever", "window_endless"), InlineData("*Forever*", "window_endless"), InlineData("indefinitely", "window_endless"), InlineData("∞", "window_endless"), InlineData("permanent", "window_endless")]
    public void What_looks_like_a_time_and_is_none_is_refused(string typed, string code) => Read(typed).ShouldBe(code);

    [Theory]
    [InlineData(""), InlineData("soon"), InlineData("m"), InlineData("INC-42"), InlineData("5xx"), InlineData("3rd"), InlineData("#123"), InlineData("for customers"), InlineData("30mm"), InlineData("2nd"), InlineData("hours")]
    public void Anything_else_is_no_time(string typed) => Read(typed).ShouldBe("not a duration");

    [Theory]
    [InlineData("looking for 2h", "2h"), InlineData("needs 30 min or so", "30 min"), InlineData("since 1.5h", "1.5h"), InlineData("500 errors, 5xx, 3rd time, INC-42", null), InlineData("orders", null)]
    public void A_time_among_other_words_is_found(string line, string? time) => Durations.FirstIn(new Words(line).Left).ShouldBe(time);

    [Fact]
    public void What_the_bot_writes_it_can_read() => Prop.ForAll(Gen.Choose(1, 5_000_000).ToArbitrary(), seconds =>
        Read(Durations.ToTyped(TimeSpan.FromSeconds(seconds))) == TimeSpan.FromSeconds(seconds).ToString())
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_typed_is_too_much() => Prop.ForAll(HostileText.Texts.ToArbitrary(), text => Read(text).Length > 0).QuickCheckThrowOnFailure();

    private static string Read(string typed) => Durations.Take(new Words(typed)) is not { } read ? "not a duration"
        : read.TryGet(out var duration, out var refusal) ? duration.Value.ToString() : refusal.Code;
}
