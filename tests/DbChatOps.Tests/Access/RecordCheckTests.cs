using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>What <c>check</c> finds on a server keeps access from being granted there, and no further than it reaches.</summary>
public sealed class RecordCheckTests
{
    private static readonly ServerRecord Clean = new() { Id = PgProd.Id, Pin = Identity, PinnedAt = At(0), LookedAt = Looked };
    private static readonly Finding Unlisted = Error("standby_not_listed", null);
    private static readonly Finding Dangerous = Error("standing_role_dangerous", "orders-prod/read");

    [Fact]
    public void An_error_refuses_asking_opening_and_extending_with_the_command_that_shows_the_cure()
    {
        var server = Checked(Clean, Dangerous);

        var refusal = AskAccess.Decide(null, Ask(), Facts(Asker) with { Server = server }).Refused!;
        refusal.Code.ShouldBe("check_failed");
        refusal.Message.ShouldContain("standing_role_dangerous");
        refusal.Message.ShouldContain("`dbchatops check --server pg-prod`");
        CodeOf(AskAccess.Prepare(Ask(), Facts(Asker) with { Server = server })).ShouldBe("check_failed");
        CodeOf(OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(1)) with { Server = server })).ShouldBe("check_failed");
        CodeOf(AskExtension.Decide(null, AskMore(), Facts(Asker, At(10)) with { Server = server, Grant = Active() })).ShouldBe("check_failed");
    }

    [Fact]
    public void An_error_of_one_level_refuses_that_level_only_and_one_of_the_server_refuses_all()
    {
        var facts = Facts(Asker) with { Server = Checked(Clean, Dangerous) };
        CodeOf(AskAccess.Decide(null, Ask(AccessLevel.Write), facts)).ShouldBe("allowed");
        CodeOf(AskAccess.Decide(null, Ask(target: "orders-staging"), facts)).ShouldBe("allowed");

        CodeOf(AskAccess.Decide(null, Ask(target: "orders-staging"), facts with { Server = Checked(Clean, Dangerous, Unlisted) })).ShouldBe("check_failed");
    }

    [Theory]
    [InlineData(FindingSeverity.Note), InlineData(FindingSeverity.Warning)]
    public void What_is_no_error_refuses_nothing(FindingSeverity severity) =>
        Record(Clean, [Unlisted with { Severity = severity }]).Events.ShouldBeEmpty();

    [Fact]
    public void What_was_cured_is_granted_again()
    {
        var cured = Record(Checked(Clean, Unlisted), []).Next;

        CodeOf(AskAccess.Decide(null, Ask(), Facts(Asker) with { Server = cured })).ShouldBe("allowed");
        LedgerJson.Write(cured).ShouldBe(LedgerJson.Write(Clean));
    }

    [Fact]
    public void A_check_that_could_not_run_refuses_what_is_new_and_keeps_what_the_one_before_found()
    {
        var blind = Record(Clean, [], "connection refused").Next;
        CodeOf(AskAccess.Decide(null, Ask(), Facts(Asker) with { Server = blind })).ShouldBe("check_failed");
        CodeOf(OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(1)) with { Server = blind })).ShouldBe("check_failed");
        CodeOf(AskExtension.Decide(null, AskMore(), Facts(Asker, At(10)) with { Server = blind, Grant = Active() })).ShouldBe("allowed");

        var still = Record(Checked(Clean, Unlisted), [], "connection refused").Next;
        CodeOf(AskExtension.Decide(null, AskMore(), Facts(Asker, At(10)) with { Server = still, Grant = Active() })).ShouldBe("check_failed");
    }

    [Fact]
    public void A_role_that_became_dangerous_after_opening_is_neither_revealed_nor_extended()
    {
        var server = Checked(Clean, Dangerous);

        CodeOf(RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Facts(Asker, At(2)) with { Server = server })).ShouldBe("check_failed");
        CodeOf(ExtendGrant.Decide(Active(), new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(10)), Facts(Principal.Bot, At(10)) with { Server = server })).ShouldBe("check_failed");
    }

    [Theory]
    [InlineData("orders-prod/read=another_role")]
    [InlineData("orders-prod/write=dbchatops_orders_prod_read")]
    public void A_level_that_no_look_has_seen_is_not_granted(string seen)
    {
        var server = RecordCheck.Decide(Clean, new RecordCheck(PgProd.Id, [], [seen], null), Facts(Principal.Bot)).OrThrow().Next;

        CodeOf(AskAccess.Decide(null, Ask(), Facts(Asker) with { Server = server })).ShouldBe("not_checked");
        CodeOf(OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(1)) with { Server = server })).ShouldBe("not_checked");
        CodeOf(AskExtension.Decide(null, AskMore(), Facts(Asker, At(10)) with { Server = server, Grant = Active() })).ShouldBe("allowed");
    }

    [Fact]
    public void A_server_that_was_never_looked_at_opens_nothing() =>
        CodeOf(OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(1)) with { Server = null })).ShouldBe("not_checked");

    [Fact]
    public void Only_what_changed_is_written()
    {
        var server = Checked(Clean, Unlisted, Dangerous);

        Record(server, [Unlisted, Dangerous]).Events.ShouldBeEmpty();
        Record(Record(server, [], "timed out").Next, [], "connection refused").Events.ShouldBeEmpty();
        Record(server, [Dangerous]).Events.ShouldHaveSingleItem();
        Record(server, [Unlisted, Dangerous with { Message = "another" }]).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_further_database_forgets_no_error()
    {
        var wider = Identity with { Databases = new Dictionary<string, uint>(StringComparer.Ordinal) { ["billing"] = 20000 } };

        PinServer.Decide(Checked(Clean, Unlisted), new PinServer(PgProd.Id, wider), Facts(Principal.Bot)).OrThrow().Next.Errors.ShouldHaveSingleItem();
    }

    private static Finding Error(string code, string? about) =>
        new() { Severity = FindingSeverity.Error, Code = code, Message = $"{code} was found.", About = about is null ? null : [about] };

    private static ServerRecord Checked(ServerRecord before, params IReadOnlyList<Finding> findings) => Record(before, findings).Next;

    private static Decision<ServerRecord> Record(ServerRecord before, IReadOnlyList<Finding> findings, string? notChecked = null) =>
        RecordCheck.Decide(before, new RecordCheck(PgProd.Id, findings, notChecked is null ? Looked : [], notChecked), Facts(Principal.Bot)).OrThrow();
}
