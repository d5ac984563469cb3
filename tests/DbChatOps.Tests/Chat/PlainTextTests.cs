using System.Text;
using DbChatOps.Chat;
using DbChatOps.Tests.Slack;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Chat;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain", "plain"), InlineData("  around  ", "around"), InlineData("two\r\nlines\tand a tab", "two lines and a tab")]
    [InlineData("\u202egnirts", "gnirts"), InlineData("a\u2066b\u2069c", "abc"), InlineData("a\u200bb\ufeffc\u00add", "abcd"), InlineData("\0\u0001\u001b[31mred", "[31mred")]
    [InlineData("\ud83d", ""), InlineData("a\ude42\ud83db", "ab"), InlineData("\ue000private\uf8ff", "private"), InlineData("\u2028\u2029x\u0085", "x")]
    [InlineData("\u3164\u115f\uffa0\u2800", ""), InlineData("größe 東京 🙂", "größe 東京 🙂")]
    public void What_would_mislead_a_reader_is_taken_out(string typed, string shown) => PlainText.Clean(typed, 100).ShouldBe(shown);

    [Theory]
    [InlineData("abcde", 5, "abcde"), InlineData("abcdef", 5, "abcd…"), InlineData("abcde\u200b\u200b", 5, "abcde"), InlineData("abcde     ", 5, "abcde"), InlineData("     abcde", 5, "abcde")]
    [InlineData("abc🙂", 5, "abc🙂"), InlineData("abc🙂x", 5, "abc…"), InlineData("abcd🙂", 5, "abcd…"), InlineData("abc  def", 5, "abc…"), InlineData("abcde f", 5, "abcd…")]
    public void A_long_text_is_cut_between_characters_and_says_so(string typed, int limit, string shown) => PlainText.Clean(typed, limit).ShouldBe(shown);

    [Fact]
    public void Whatever_is_typed_comes_out_whole_short_and_clean() => Prop.ForAll(
        HostileText.Texts.ToArbitrary(), Gen.Choose(1, 600).ToArbitrary(), (text, limit) =>
        {
            var clean = PlainText.Clean(text, limit);
            return clean.Length <= limit && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(clean)) == clean
                && !clean.Any(char.IsControl) && clean.Trim() == clean && PlainText.Clean(clean, limit) == clean;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, "0 s"), InlineData(2.1, "2.1 s"), InlineData(45, "45 s"), InlineData(60, "1 min"), InlineData(90, "1 min 30 s"), InlineData(1800, "30 min"), InlineData(3600, "1 h")]
    [InlineData(5400, "1 h 30 min"), InlineData(86400, "1 d"), InlineData(93900, "1 d 2 h 5 min"), InlineData(86460, "1 d 1 min"), InlineData(-90, "-1 min 30 s"), InlineData(59.97, "1 min")]
    public void Durations_are_said_as_people_say_them(double seconds, string said) => PlainText.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(said);

    [Fact]
    public void A_moment_is_said_in_utc() =>
        PlainText.Utc(new DateTimeOffset(2026, 11, 22, 15, 3, 7, TimeSpan.FromHours(1))).ShouldBe("2026-11-22 14:03:07 UTC");
}
