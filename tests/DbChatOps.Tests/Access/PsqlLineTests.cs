using DbChatOps.Access;
using DbChatOps.Targets;
using DbChatOps.Tests.Slack;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Access;

public sealed class PsqlLineTests
{
    private static readonly ConnectHint Here = new() { Host = "db.example", Port = 5432 };

    [Fact]
    public void A_plain_name_reads_plainly() =>
        PsqlLine.Connect(Here, "orders", "dbco_ana_x").ShouldBe("psql \"host=db.example port=5432 dbname=orders user=dbco_ana_x\"");

    [Theory]
    [InlineData("my db", "psql \"host=db.example port=5432 dbname='my db' user=u\"")]
    [InlineData("$(x)", "psql 'host=db.example port=5432 dbname='\\''$(x)'\\'' user=u'")]
    [InlineData("", "psql \"host=db.example port=5432 dbname='' user=u\"")]
    [InlineData("two  blanks", "psql \"postgresql://?host=db.example&port=5432&dbname=two%20%20blanks&user=u\"")]
    [InlineData("line\nbreak\u202e", "psql \"postgresql://?host=db.example&port=5432&dbname=line%0Abreak%E2%80%AE&user=u\"")]
    public void Another_is_quoted_or_where_it_could_not_be_shown_encoded(string database, string expected) =>
        PsqlLine.Connect(Here, database, "u").ShouldBe(expected);

    [Fact]
    public void The_certificate_is_a_value_like_the_others() =>
        PsqlLine.Connect(Here with { CaFile = "/etc/my ca's.pem" }, "orders", "u").ShouldEndWith("sslmode=verify-full sslrootcert='/etc/my ca\\'s.pem''".Replace("'", "'\\''", StringComparison.Ordinal)[..^3]);

    /// <summary>One shell reads hundreds of texts at once and writes back what it understood.</summary>
    [Fact]
    public async Task A_shell_reads_any_text_as_one_word_and_does_nothing_else()
    {
        string[] texts =
        [
            .. HostileText.Known, .. HostileText.Texts.Sample(300, 300), .. "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n".Select(character => $"a{character}b{character}"),
        ];
        texts = [.. texts.Where(text => !text.Contains('\0', StringComparison.Ordinal) && System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)) == text)];

        var read = await PosixShell.RunAsync(string.Concat(texts.Select(text => $"printf '%s\\0' {PsqlLine.Shell(text)}\n")));

        read.Split('\0')[..^1].ShouldBe(texts);
        read.ShouldEndWith("\0");
    }

    [Fact]
    public void A_label_in_the_prompt_begins_no_substitution() =>
        PsqlLine.Prompt("100% `id` \u001b]0;x %[it's\\", "41").ShouldBe(@"\set PROMPT1 '%[%033[1;41m%] 100%% id ]0;x %%[it\'s\\ %[%033[0m%] %/%R%# '");
}
