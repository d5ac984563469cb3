using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>A store that is older than a server: nothing new happens there until the operator of the host says that it is meant.</summary>
public sealed class RestoredStoreTests
{
    private static readonly Principal Root = Principal.Operator(PersonId.Operator("root"));
    private static readonly ServerRecord Pinned = new() { Id = PgProd.Id, Pin = Identity, PinnedAt = At(0), LookedAt = Looked };

    [Fact]
    public void A_login_that_the_ledger_does_not_know_shows_it_whatever_else_is_known()
    {
        MintedLogin[] newest = [Minted(3, TheExtension.Value), Minted(2, TheGrant.Value), Minted(1, Guid.NewGuid())];

        var found = RestoredStore.Find(newest, new HashSet<GrantId> { TheGrant }, null)!;
        (found.Number, found.Unknown).ShouldBe((3, 2));
        RestoredStore.Find([Minted(2, TheGrant.Value)], new HashSet<GrantId> { TheGrant }, null).ShouldBeNull();
        RestoredStore.Find([], new HashSet<GrantId>(), null).ShouldBeNull();
    }

    [Fact]
    public void What_was_confirmed_or_does_not_verify_or_was_never_marked_shows_nothing()
    {
        MintedLogin[] newest = [Minted(3, Guid.NewGuid())];

        RestoredStore.Find(newest, new HashSet<GrantId>(), 3).ShouldBeNull();
        RestoredStore.Find(newest, new HashSet<GrantId>(), 2).ShouldNotBeNull();
        RestoredStore.Find([newest[0] with { MacVerifies = false }], new HashSet<GrantId>(), null).ShouldBeNull();
        RestoredStore.Find([newest[0] with { Grant = null }], new HashSet<GrantId>(), null).ShouldBeNull();
    }

    [Fact]
    public void New_access_first_reveals_and_extensions_are_refused_and_everything_that_ends_access_is_not()
    {
        var server = Note(Pinned, 7);
        Facts Known(Principal by, int minute) => Facts(by, At(minute)) with { Server = server, Grant = Active() };

        CodeOf(AskAccess.Decide(null, Ask(), Known(Asker, 0))).ShouldBe("store_restored");
        CodeOf(OpenGrant.Decide(null, OpenGrant.For(Approved()), Known(Principal.Bot, 1))).ShouldBe("store_restored");
        CodeOf(RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Known(Asker, 2))).ShouldBe("store_restored");
        CodeOf(AskExtension.Decide(null, AskMore(), Known(Asker, 10))).ShouldBe("store_restored");
        CodeOf(ExtendGrant.Decide(Active(), new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30)), Known(Principal.Bot, 11))).ShouldBe("store_restored");

        CodeOf(RequestReveal.Decide(Active(), new RequestReveal(TheGrant, "V2"), Known(Asker, 10))).ShouldBe("allowed");
        CodeOf(ReleaseGrant.Decide(Active(), new ReleaseGrant(TheGrant), Known(Asker, 10))).ShouldBe("allowed");
        CodeOf(EndGrant.Decide(Active(), new EndGrant(TheGrant, EndReason.Expired), Known(Principal.Bot, 32))).ShouldBe("allowed");
        server.RefuseWhileRestored()!.Message.ShouldContain("`dbchatops confirm-restore --server pg-prod`");
    }

    [Fact]
    public void It_is_written_once_and_again_only_for_a_later_login()
    {
        NoteRestore.Decide(Note(Pinned, 7), new NoteRestore(PgProd.Id, Found(7)), Facts(Principal.Bot)).OrThrow().Events.ShouldBeEmpty();
        Note(Note(Pinned, 7), 8).Restored!.Number.ShouldBe(8);
        CodeOf(NoteRestore.Decide(null, new NoteRestore(PgProd.Id, Found(7)), Facts(Principal.Bot))).ShouldBe("not_checked");
    }

    [Fact]
    public void Confirmed_by_the_operator_with_a_reason_it_grants_again_and_the_same_logins_are_no_news()
    {
        var decision = ConfirmRestore.Decide(Note(Pinned, 7), new ConfirmRestore(PgProd.Id, 7, "the disk died"), Facts(Root, At(5))).OrThrow();

        decision.Events.ShouldHaveSingleItem().ShouldBeOfType<RestoreConfirmed>().ShouldSatisfyAllConditions(
            it => it.By.ShouldBe(Root.Id), it => it.UpTo.ShouldBe(7), it => it.Reason.ShouldBe("the disk died"));
        (decision.Next.Restored, decision.Next.ConfirmedUpTo).ShouldBe((null, 7));
        CodeOf(AskAccess.Decide(null, Ask(), Facts(Asker) with { Server = decision.Next })).ShouldBe("allowed");
        NoteRestore.Decide(decision.Next, new NoteRestore(PgProd.Id, Found(7)), Facts(Principal.Bot)).OrThrow().Events.ShouldBeEmpty();
        Note(decision.Next, 8).Restored.ShouldNotBeNull();
    }

    [Fact]
    public void Nothing_is_confirmed_without_a_reason_or_unseen_or_where_nothing_was_found()
    {
        CodeOf(ConfirmRestore.Decide(Note(Pinned, 7), new ConfirmRestore(PgProd.Id, 7, " "), Facts(Root))).ShouldBe("reason_missing");
        CodeOf(ConfirmRestore.Decide(Note(Pinned, 8), new ConfirmRestore(PgProd.Id, 7, "the disk died"), Facts(Root))).ShouldBe("more_found");
        CodeOf(ConfirmRestore.Decide(Pinned, new ConfirmRestore(PgProd.Id, 7, "the disk died"), Facts(Root))).ShouldBe("not_restored");
        CodeOf(ConfirmRestore.Decide(null, new ConfirmRestore(PgProd.Id, 7, "the disk died"), Facts(Root))).ShouldBe("not_restored");
    }

    [Fact]
    public void A_new_pin_and_a_check_keep_it()
    {
        var pinned = PinServer.Decide(Note(Pinned, 7), new PinServer(PgProd.Id, Identity with { Databases = new SortedDictionary<string, uint>(StringComparer.Ordinal) { ["orders"] = 16384, ["more"] = 16385 } }), Facts(Principal.Bot)).OrThrow().Next;

        pinned.Pin.Databases.Count.ShouldBe(2);
        pinned.Restored!.Number.ShouldBe(7);
        pinned.LookedAt.ShouldBe(Looked);
    }

    [Fact]
    public void Its_events_and_its_record_are_read_back_as_they_were_written()
    {
        var record = Note(ConfirmRestore.Decide(Note(Pinned, 7), new ConfirmRestore(PgProd.Id, 7, "the disk died"), Facts(Root)).OrThrow().Next, 9);

        LedgerJson.Write(LedgerJson.Read<ServerRecord>(LedgerJson.Write(record))).ShouldBe(LedgerJson.Write(record));
        LedgerJson.Read<ServerRecord>(LedgerJson.Write(record)).Restored.ShouldBe(record.Restored);
    }

    private static ServerRecord Note(ServerRecord record, long number) => NoteRestore.Decide(record, new NoteRestore(PgProd.Id, Found(number)), Facts(Principal.Bot, At(3))).OrThrow().Next;

    private static RestoredStore Found(long number) => new() { Number = number, Login = "dbco_ana_x", MintedAt = At(1), Unknown = 1 };

    private static MintedLogin Minted(long number, Guid grant) =>
        new() { Number = number, Name = $"dbco_ana_{number}", Oid = 20001, Grant = new GrantId(grant), MacVerifies = true, MintedAt = At((int)number) };
}
