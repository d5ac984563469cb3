using DbChatOps.Host.Flow;
using DbChatOps.Host.Engines.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

public sealed class ScramVerifierTests
{
    // The exchange printed in RFC 7677, section 3: user "user", password "pencil".
    [Fact]
    public void The_verifier_matches_the_example_of_the_standard()
    {
        var verifier = ScramVerifier.For(new Secret("pencil"), Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==")).Reveal();

        verifier.ShouldBe("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
    }

    [Fact]
    public void Passwords_are_long_plain_and_never_the_same()
    {
        var passwords = Enumerable.Range(0, 100).Select(static _ => Passwords.New().Reveal()).ToList();

        passwords.Distinct(StringComparer.Ordinal).Count().ShouldBe(100);
        passwords.ShouldAllBe(static p => p.Length >= 24 && p.All(char.IsAsciiLetterOrDigit));
    }
}
