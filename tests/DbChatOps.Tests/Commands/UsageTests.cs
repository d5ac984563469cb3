using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Commands;

/// <summary>What is typed wrong runs nothing, is exit code 2, and is told in the program's own words.</summary>
public sealed class UsageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("'grnts' is not known here; did you mean grants?\n`dbchatops --help` shows what can be typed.", "grnts")]
    [InlineData("'--al' is not known here; did you mean --all?\n`dbchatops grants --help` shows what can be typed.", "grants", "--al")]
    [InlineData("Option '--reason' is required.\n`dbchatops revoke --help` shows what can be typed.", "revoke", "g-00000000")]
    [InlineData("'grant.revokd' is no kind of event; did you mean grant.revoked?\n`dbchatops audit export --help` shows what can be typed.", "audit", "export", "--kind", "grant.revokd")]
    [InlineData("--urls: 'foo' is not an address; write http://127.0.0.1:8080.", "serve", "--urls", "foo")]
    [InlineData("--urls: 'http://127.0.0.1:8080/x' is not an address; write http://127.0.0.1:8080.", "serve", "--urls", "http://127.0.0.1:8080/x")]
    [InlineData("--urls: 'https://127.0.0.1:8080': the bot speaks plain http; a reverse proxy with a certificate stands before it. Write http://127.0.0.1:8080.", "serve", "--urls", "https://127.0.0.1:8080")]
    public async Task A_slip_of_the_finger_is_named(string expected, params string[] words)
    {
        var run = await HostProgram.RunAsync(Path.GetTempPath(), words, Ct);

        (run.ExitCode, run.Errors.ReplaceLineEndings("\n").Trim(), run.Output.Trim()).ShouldBe((2, expected, ""));
    }

    [Fact]
    public async Task Help_is_a_word_too_and_the_program_has_one_name()
    {
        var run = await HostProgram.RunAsync(Path.GetTempPath(), ["help", "revoke"], Ct);

        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("dbchatops revoke [<grant>] [options]");
    }
}
