using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

public sealed class ApprovalDigestTests
{
    private static readonly AskedAccess Asked = new()
    {
        Requester = Ana,
        Server = new ServerId("pg-prod"),
        Target = new TargetId("orders-prod"),
        SystemIdentifier = "7400000000000000001",
        DatabaseOid = 16384,
        StandingRole = "dbchatops_orders_prod_read",
        Level = AccessLevel.Read,
        Window = TimeSpan.FromMinutes(30),
        PolicyHash = new string('a', 64),
        Reason = "checking INC-42",
    };

    [Fact]
    public void Equal_questions_have_equal_digests() => ApprovalDigest.Of(Asked with { Reason = "checking " + "INC-42" }).ShouldBe(ApprovalDigest.Of(Asked));

    /// <summary>Pins the format: requests stored by an earlier release must still match.</summary>
    [Fact]
    public void The_digest_of_a_known_question_never_changes() => ApprovalDigest.Of(Asked).Brief.ShouldBe("0af41737");

    [Fact]
    public void Any_change_gives_another_digest()
    {
        AskedAccess[] variants =
        [
            Asked, Asked with { Requester = Bo }, Asked with { Server = new ServerId("pg-stage") }, Asked with { Target = new TargetId("orders-stage") },
            Asked with { SystemIdentifier = "7400000000000000002" }, Asked with { DatabaseOid = 16385 }, Asked with { StandingRole = "postgres" },
            Asked with { Level = AccessLevel.Write }, Asked with { Window = TimeSpan.FromMinutes(31) }, Asked with { PolicyHash = new string('b', 64) },
            Asked with { Reason = "checking INC-43" },
        ];

        variants.Select(ApprovalDigest.Of).Distinct().Count().ShouldBe(variants.Length);
    }

    [Fact]
    public void Moving_text_from_one_field_to_the_next_gives_another_digest() =>
        ApprovalDigest.Of(Asked with { Server = new ServerId("pg-prodorders"), Target = new TargetId("-prod") }).ShouldNotBe(ApprovalDigest.Of(Asked));

    [Fact]
    public void Cards_show_eight_characters() => ApprovalDigest.Of(Asked).Brief.Length.ShouldBe(8);

    [Fact]
    public void It_survives_the_ledgers_json() =>
        LedgerJson.Read<ApprovalDigest>(LedgerJson.Write(ApprovalDigest.Of(Asked))).ShouldBe(ApprovalDigest.Of(Asked));
}
