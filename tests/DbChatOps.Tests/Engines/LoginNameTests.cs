using System.Text;
using DbChatOps.Targets;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

[Trait("Trap", "T-22")]
public sealed class LoginNameTests
{
    private static readonly GrantId Grant = new(Guid.Parse("0199a1b2-0000-7000-8000-0123456789ab"));

    [Theory]
    [InlineData("Ana Lima", "ana_lima")]
    [InlineData("José Ñuñez", "jose_nunez")]
    [InlineData("'; DROP ROLE postgres; --", "drop_role_postgres")]
    [InlineData("李小龍", "someone")]
    [InlineData("", "someone")]
    [InlineData("\u202Eevil\u0000\uD800", "evil")]
    public void The_person_is_readable_and_harmless(string person, string readable) =>
        LoginName.For(person, Grant).ShouldBe($"dbco_{readable}_{Grant.Handle[2..]}");

    [Fact]
    public void Whatever_the_name_the_login_needs_no_quoting_and_fits() =>
        Prop.ForAll<string?>(static person =>
        {
            var login = LoginName.For(person ?? string.Empty, Grant);
            return LoginName.LooksLikeOurs(login) && Encoding.UTF8.GetByteCount(login) <= 63 && login.EndsWith(Grant.Handle[2..], StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_longest_name_fits_exactly() =>
        LoginName.For(new string('x', 500), Grant).Length.ShouldBe(63);

    [Theory]
    [InlineData("dbco_")]
    [InlineData("dbchatops_bot")]
    [InlineData("dbco_Upper")]
    [InlineData("postgres")]
    public void Other_names_do_not_look_like_ours(string name) => LoginName.LooksLikeOurs(name).ShouldBeFalse();
}
