using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

public sealed class ProofGapsTests
{
    [Theory]
    [InlineData(14, true)]
    [InlineData(15, false)]
    [InlineData(16, false)]
    [InlineData(18, false)]
    public void Where_a_login_can_lend_itself_the_proof_and_check_say_what_is_not_seen(int major, bool said)
    {
        ProofGaps.Of(Ending(AccessLevel.Read), canPrepare: false, major).Any(static gap => gap.Contains("PostgreSQL 14", StringComparison.Ordinal)).ShouldBe(said);
        (ProofGaps.OfServer(major) is { Severity: FindingSeverity.Warning, Code: "logins_can_lend_themselves" }).ShouldBe(said);
    }

    [Fact]
    public void A_proof_of_ddl_says_that_residue_was_not_looked_for() =>
        ProofGaps.Of(Ending(AccessLevel.Ddl), canPrepare: true, major: 15).ShouldBe(["residue not checked", "prepared transactions under other roles not checked"]);

    [Fact]
    public void Power_and_roles_that_others_gave_are_named_on_the_proof()
    {
        var ending = Ending(AccessLevel.Read);
        ending.Closing.Mark = new LoginMark { IsWhole = true, Powers = "SUPERUSER", ReachedOthers = ["app_owner", "dba"] };

        ProofGaps.Of(ending, canPrepare: true, major: 15).ShouldBe(
        [
            "others had given it SUPERUSER: what it did with that is not checked",
            "others had let it become app_owner, dba: what it did as such is not checked",
        ]);
    }

    private static EndingState Ending(AccessLevel level) => new(new EndingLogin("dbco_ana_00000000", 1) { Level = level }, new Closing());
}
