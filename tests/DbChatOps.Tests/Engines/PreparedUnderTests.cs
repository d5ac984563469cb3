using DbChatOps.Chat;
using DbChatOps.Host.Engines.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What a DBA reads must be what the server understands: a name may hold whatever its maker liked.</summary>
public sealed class PreparedUnderTests
{
    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("back\\slash", "E'back\\\\slash'")]
    [InlineData("zero\u200bwidth", "E'zero\\u200bwidth'")]
    [InlineData("turned\u202earound", "E'turned\\u202earound'")]
    [InlineData("two  blanks\n", "E'two \\x20blanks\\x0a'")]
    [InlineData("ends in a blank ", "E'ends in a blank\\x20'")]
    [InlineData("\ud83d\ude00", "E'\\U0001f600'")]
    public void The_statement_for_a_DBA_outlives_every_cleaning(string gid, string literal)
    {
        var words = new PreparedUnder(gid, "orders", "app_owner", DateTimeOffset.UnixEpoch).ToString();

        words.ShouldContain($"ROLLBACK PREPARED {literal}");
        PlainText.Clean(words, 2000).ShouldBe(words);
    }
}
