using DbChatOps.Chat;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Chat;

public sealed class WordsTests
{
    [Fact]
    public void Words_come_one_after_another_and_the_rest_as_typed()
    {
        var words = new Words("  one\u00a0two   three  four ");

        words.Peek().ShouldBe("one");
        words.Next().ShouldBe("one");
        words.Next().ShouldBe("two");
        words.Rest().ShouldBe("three  four");
        words.Next().ShouldBeNull();
        words.Rest().ShouldBe("");
    }

    [Fact]
    public void The_rest_keeps_its_line_breaks()
    {
        var words = new Words("one two\r\nthree\n\nfour");

        words.Next();

        words.Rest().ShouldBe("two\nthree\n\nfour");
    }

    [Theory]
    [InlineData("a --dry-run b", "dry-run", "a b"), InlineData("a —dry-run  b", "dry-run", "a  b"), InlineData("a --DRY-RUN", "dry-run", "a"), InlineData("", "", "")]
    [InlineData("a –dry-run b", "dry-run", "a b"), InlineData("a −−dry‑run b", "dry-run", "a b"), InlineData("a ——dry—run b", "dry-run", "a b"), InlineData("a ⸺dry-run b", "dry-run", "a b")]
    [InlineData("a -dry-run b", "dry-run", "a b"), InlineData("a `--dry-run` *--yes* b", "dry-run yes", "a b"), InlineData("a --dryrun --no b", "dryrun no", "a b")]
    [InlineData("a - b -- c — d", "", "a - b -- c — d"), InlineData("a \"--dry-run\" b", "", "a \"--dry-run\" b"), InlineData("a b-c --5 b", "", "a b-c --5 b")]
    public void Every_word_with_the_form_of_a_flag_is_taken_wherever_it_stands(string line, string flags, string rest)
    {
        var words = new Words(line);

        string.Join(' ', words.TakeFlags()).ShouldBe(flags);
        words.Rest().ShouldBe(rest);
    }

    [Theory]
    [InlineData("orders-prod"), InlineData("`orders-prod`"), InlineData("*orders-prod*"), InlineData("_orders-prod_"), InlineData("~orders-prod~"), InlineData("“orders-prod”"), InlineData("'orders-prod',")]
    [InlineData("orders\u2060-prod"), InlineData("\u200borders-prod\ufeff"), InlineData("\u2066orders-prod\u2069"), InlineData("(*`orders-prod`*)."), InlineData("<http://orders-prod|orders-prod>")]
    [InlineData("<http://orders-prod>"), InlineData("<mailto:orders-prod|orders-prod>"), InlineData("```orders-prod```"), InlineData("«orders-prod»"), InlineData("*_orders-prod_*?")]
    public void Marks_that_chat_adds_make_no_other_name(string typed) => new Words(typed).NextName().ShouldBe("orders-prod");

    [Theory]
    [InlineData("_a"), InlineData("a_"), InlineData("dbco_ana_7k2m9qx4"), InlineData("<@U1|ana b>"), InlineData("*")]
    public void What_belongs_to_a_name_stays(string typed) => Words.Bare(typed).ShouldBe(typed is "*" ? "" : typed is "<@U1|ana b>" ? "@U1|ana b" : typed);

    [Fact]
    public void A_mention_and_a_link_are_one_word_each()
    {
        var words = new Words("<@U1|Ana de la Cruz>left <https://a/b|two words> x");

        words.Next().ShouldBe("<@U1|Ana de la Cruz>");
        words.Next().ShouldBe("left");
        words.Next().ShouldBe("<https://a/b|two words>");
        words.Rest().ShouldBe("x");
    }

    [Theory]
    [InlineData("acces", "access"), InlineData("relaese", "release"), InlineData("ACCESS", "access"), InlineData("whoam", "whoami"), InlineData("", null), InlineData("zzz", null)]
    public void The_nearest_word_is_offered(string typed, string? nearest) => Nearest.To(typed, ["access", "release", "revoke", "whoami"]).ShouldBe(nearest);

    [Theory]
    [InlineData("", "", 0), InlineData("abc", "abc", 0), InlineData("abc", "acb", 1), InlineData("abc", "ab", 1), InlineData("abc", "abd", 1), InlineData("kitten", "sitting", 3)]
    public void Slips_are_counted(string from, string to, int slips) => Nearest.Distance(from, to).ShouldBe(slips);
}
