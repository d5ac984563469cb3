using DbChatOps.Access;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

public sealed class GrantVerbTests
{
    private static readonly EndGrant Expired = new(TheGrant, EndReason.Expired);
    private static readonly EndGrant Unclaimed = new(TheGrant, EndReason.Unclaimed);

    [Fact]
    public void An_approval_opens_one_grant_with_a_name_of_its_own()
    {
        Provisioning().Login.ShouldBe($"dbco_ana_{TheGrant.Handle[2..]}");
        Provisioning().ClaimBy.ShouldBe(At(61));
        Provisioning().Approvers.ShouldHaveSingleItem().Id.ShouldBe(Approver.Id);

        var second = OpenGrant.For(Approved()) with { Grant = new GrantId(TheExtension.Value) };
        OpenGrant.Decide(null, second, Facts(Principal.Bot, At(1))).OrThrow().Next.Login.ShouldNotBe(Provisioning().Login);
    }

    [Fact]
    public void An_old_approval_does_not_come_alive() =>
        CodeOf(OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(61)))).ShouldBe("too_late");

    [Fact]
    public void An_approval_opens_nothing_on_a_target_that_was_changed_since()
    {
        Target[] changed =
        [
            OrdersProd with { Database = "orders2" },
            OrdersProd with { Server = new ServerId("pg-other") },
            OrdersProd with { Levels = new Dictionary<AccessLevel, LevelSettings> { [AccessLevel.Read] = new() { StandingRole = "somebody_else" } } },
            OrdersProd with { Id = new TargetId("orders-renamed") },
        ];

        foreach (var target in changed)
        {
            var book = new TargetBook([PgProd, PgProd with { Id = new ServerId("pg-other") }], [target]);
            CodeOf(OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(1)) with { Targets = book })).ShouldBe("target_changed");
        }
    }

    [Fact]
    public void A_grant_opens_only_below_the_cap_and_where_nothing_is_overdue()
    {
        var guards = OpenGrant.Decide(null, OpenGrant.For(Approved()), Facts(Principal.Bot, At(1))).OrThrow().Guards;

        guards.Select(guard => (guard.Refusal.Code, guard.AtMost)).ShouldBe([("cap_reached", 49), ("server_owes_endings", 0), ("approval_void", 0)]);
    }

    [Fact]
    public void Only_the_holder_sees_the_credentials() =>
        CodeOf(RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Facts(Approver, At(2)))).ShouldBe("unknown_grant");

    [Fact]
    public void The_first_reveal_starts_the_window_and_a_second_inside_it_keeps_the_end()
    {
        Active().Expiry.ShouldBe(At(32));
        Active().ClaimedAt.ShouldBe(At(2, 1));

        var second = Revealing(Active(), At(20));
        second.Generation.ShouldBe(2);
        var concluded = ConcludeReveal.Decide(second, ReadBack(second), Facts(Principal.Bot, At(20, 1))).OrThrow().Next;

        concluded.Expiry.ShouldBe(At(32));
        concluded.ClaimedAt.ShouldBe(At(2, 1));
    }

    [Fact]
    public void A_second_press_waits_for_the_first_but_not_for_ever()
    {
        CodeOf(RequestReveal.Decide(Revealing(), new RequestReveal(TheGrant, "V2"), Facts(Asker, At(2, 19)))).ShouldBe("reveal_under_way");
        RequestReveal.Decide(Revealing(), new RequestReveal(TheGrant, "V2"), Facts(Asker, At(2, 20))).OrThrow().Next.Generation.ShouldBe(2);
    }

    [Fact]
    public void A_reading_for_an_older_generation_changes_nothing()
    {
        var second = Revealing(Revealing(), At(3));

        ConcludeReveal.Decide(second, ReadBack(Revealing()), Facts(Principal.Bot, At(3, 1))).OrThrow().Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(LoginPresence.Absent)]
    [InlineData(LoginPresence.NoLogin)]
    public void A_login_that_cannot_log_in_was_not_handed_over(LoginPresence presence)
    {
        var reading = ReadBack(Revealing()) with { Reading = ReadBack(Revealing()).Reading with { Presence = presence } };

        ConcludeReveal.Decide(Revealing(), reading, Facts(Principal.Bot, At(3))).OrThrow().Next.State.ShouldBe(GrantState.Ready);
    }

    [Fact]
    public void A_login_that_shows_an_older_generation_was_not_handed_over()
    {
        var stale = ReadBack(Revealing()) with { Reading = ReadBack(Revealing()).Reading with { Generation = 0 } };

        var next = ConcludeReveal.Decide(Revealing(), stale, Facts(Principal.Bot, At(3))).OrThrow().Next;

        next.State.ShouldBe(GrantState.Ready);
        next.Expiry.ShouldBeNull();
        next.Revealing.ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_revealed_after_its_clock()
    {
        CodeOf(RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Facts(Asker, At(61)))).ShouldBe("too_late");
        CodeOf(RequestReveal.Decide(Active(), new RequestReveal(TheGrant, "V1"), Facts(Asker, At(32)))).ShouldBe("too_late");
    }

    [Fact]
    public void Expired_only_when_the_latest_possible_end_is_over()
    {
        EndGrant.Decide(Active(), Expired, Facts(Principal.Bot, At(31, 59))).OrThrow().Events.ShouldBeEmpty();
        EndGrant.Decide(Ready(), Expired, Facts(Principal.Bot, At(500))).OrThrow().Events.ShouldBeEmpty();

        var ended = EndGrant.Decide(Active(), Expired, Facts(Principal.Bot, At(40))).OrThrow().Next;
        ended.Ending!.DueAt.ShouldBe(At(32));
    }

    [Fact]
    public void A_reveal_that_was_never_read_back_ends_with_its_intent()
    {
        EndGrant.Decide(Revealing(), Expired, Facts(Principal.Bot, At(31))).OrThrow().Events.ShouldBeEmpty();

        EndGrant.Decide(Revealing(), Expired, Facts(Principal.Bot, At(45))).OrThrow().Next.Ending!.DueAt.ShouldBe(At(32));
    }

    [Fact]
    public void Unclaimed_only_after_the_claim_clock_and_never_while_a_reveal_is_under_way()
    {
        EndGrant.Decide(Ready(), Unclaimed, Facts(Principal.Bot, At(60, 59))).OrThrow().Events.ShouldBeEmpty();
        EndGrant.Decide(Ready(), Unclaimed, Facts(Principal.Bot, At(61))).OrThrow().Next.State.ShouldBe(GrantState.Revoking);
        EndGrant.Decide(Revealing(at: At(60, 59)), Unclaimed, Facts(Principal.Bot, At(61))).OrThrow().Events.ShouldBeEmpty();
        EndGrant.Decide(Active(), Unclaimed, Facts(Principal.Bot, At(61))).OrThrow().Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("U1", "allowed"), InlineData("U2", "allowed"), InlineData("U4", "allowed"), InlineData("U3", "unknown_grant")]
    public void A_grant_is_revoked_by_its_holder_its_approver_or_security_and_is_hidden_from_others(string user, string expected)
    {
        var person = new[] { Asker, Approver, OnCall, Business }.Single(someone => someone.Id.User == user);

        CodeOf(RevokeGrant.Decide(Active(), new RevokeGrant(TheGrant, "suspicious"), Facts(person, At(10)))).ShouldBe(expected);
    }

    [Fact]
    public void A_revocation_says_why() => CodeOf(RevokeGrant.Decide(Active(), new RevokeGrant(TheGrant, " "), Facts(Asker, At(10)))).ShouldBe("reason_missing");

    [Fact]
    public void Only_the_holder_releases() => CodeOf(ReleaseGrant.Decide(Active(), new ReleaseGrant(TheGrant), Facts(Approver, At(10)))).ShouldBe("unknown_grant");

    [Fact]
    public void Progress_is_written_when_it_changes()
    {
        var blocked = Record(Revoking(), Still(RevocationStage.Exposed, "standby db-2:5432 cannot be reached"), At(20, 5));
        blocked.Events.ShouldHaveSingleItem().ShouldBeOfType<RevocationProgressed>();

        Record(blocked.Next, Still(RevocationStage.Exposed, "standby db-2:5432 cannot be reached"), At(20, 6)).Events.ShouldBeEmpty();
        Record(blocked.Next, Still(RevocationStage.Contained), At(20, 6)).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void People_are_paged_once_at_sixty_seconds_and_only_while_a_login_is_possible()
    {
        Record(Revoking(), Still(RevocationStage.Exposed), At(20, 59)).Events.ShouldBeEmpty();
        Record(Revoking(), Still(RevocationStage.Contained), At(21)).Events.OfType<GrantOverdue>().ShouldBeEmpty();

        var paged = Record(Revoking(), Still(RevocationStage.Exposed), At(21));
        paged.Events.OfType<GrantOverdue>().ShouldHaveSingleItem();
        paged.Next.Index.Exposed.ShouldBeTrue();

        Record(paged.Next, Still(RevocationStage.Exposed), At(25)).Events.ShouldBeEmpty();
        Record(paged.Next, Still(RevocationStage.Contained), At(25)).Next.Index.Exposed.ShouldBeFalse();
    }

    [Fact]
    public void Nobody_is_paged_while_only_a_declared_delay_is_missing_and_sixty_seconds_after_it_they_are()
    {
        var waiting = Record(Revoking(), Waiting(At(80)), At(20, 1)).Next;
        Record(waiting, Waiting(At(80)), At(79, 59)).Events.ShouldBeEmpty();

        var over = Record(waiting, Waiting(At(80)), At(80));
        over.Events.ShouldHaveSingleItem().ShouldBeOfType<RevocationProgressed>().Waits.ShouldBeNull();
        Record(over.Next, Waiting(At(80)), At(80, 59)).Events.ShouldBeEmpty();
        Record(over.Next, Waiting(At(80)), At(81)).ShouldSatisfyAllConditions(
            late => late.Events.OfType<GrantOverdue>().ShouldHaveSingleItem(),
            late => late.Next.Index.Exposed.ShouldBeTrue());
    }

    [Fact]
    public void A_standby_that_misses_one_look_during_its_delay_pages_nobody_and_sixty_seconds_away_does()
    {
        var waiting = Record(Revoking(), Waiting(At(80)), At(20, 1)).Next;

        var away = Record(waiting, Still(RevocationStage.Exposed, "standby db-2:5432 cannot be reached"), At(50));

        away.Events.OfType<GrantOverdue>().ShouldBeEmpty();
        Record(Record(away.Next, Waiting(At(80)), At(50, 1)).Next, Waiting(At(80)), At(60)).Events.ShouldBeEmpty();
        Record(away.Next, Still(RevocationStage.Exposed, "standby db-2:5432 cannot be reached"), At(51)).Events.OfType<GrantOverdue>().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_session_that_was_open_on_the_delayed_standby_counts_from_the_end()
    {
        var waiting = Record(Revoking(), Waiting(At(80)), At(20, 1)).Next;
        var found = Still(RevocationStage.Exposed, "127.0.0.1:5433: sessions");
        found = found with { Report = found.Report with { SessionsEnded = 1 } };

        Record(waiting, found, At(20, 30)).Events.OfType<GrantOverdue>().ShouldBeEmpty();
        Record(waiting, found, At(50)).Events.OfType<GrantOverdue>().ShouldHaveSingleItem();
    }

    [Fact]
    public void What_was_paged_and_now_only_waits_for_a_delay_stops_no_new_grant()
    {
        var paged = Record(Revoking(), Still(RevocationStage.Exposed), At(21)).Next;
        paged.Index.Exposed.ShouldBeTrue();

        var waiting = Record(paged, Waiting(At(80)), At(22)).Next;

        waiting.Index.Exposed.ShouldBeFalse();
        Record(waiting, Waiting(At(80)), At(81)).Next.Index.Exposed.ShouldBeTrue();
    }

    [Theory]
    [InlineData(20, "Until 2026-")]
    [InlineData(32, "New logins with the password are refused on db-2:5432 too, since ")]
    public void The_card_says_why_it_waits_and_what_is_still_possible(int endedAt, string meanwhile)
    {
        var active = Active();
        var ending = endedAt == 20
            ? ReleaseGrant.Decide(active, new ReleaseGrant(TheGrant), Facts(Asker, At(20))).OrThrow().Next
            : EndGrant.Decide(active, new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, At(32))).OrThrow().Next;

        var lines = GrantCards.ForHolder(Record(ending, Waiting(At(95)), At(33)).Next).Lines.Select(static line => line.ToString()).ToList();

        lines[0].ShouldContain("db-2:5432 applies changes 1 h late: *proven gone* after " + DbChatOps.Chat.PlainText.Utc(At(95)));
        lines[1].ShouldStartWith(meanwhile);
    }

    [Fact]
    public void Proof_closes_the_grant()
    {
        var revoked = Revoked();

        revoked.State.ShouldBe(GrantState.Revoked);
        revoked.Index.Open.ShouldBeFalse();
        revoked.Proof!.ProvenAt.ShouldBe(At(20, 2));
        revoked.Ending!.SessionsEnded.ShouldBe(1);
    }

    [Fact]
    public void A_report_without_proof_closes_nothing() =>
        Record(Revoking(), Still(RevocationStage.ProvenGone), At(21)).Next.ShouldSatisfyAllConditions(
            next => next.State.ShouldBe(GrantState.Revoking),
            next => next.Ending!.Stage.ShouldNotBe(RevocationStage.ProvenGone));

    [Fact]
    public void A_second_client_address_is_announced_and_a_known_one_is_not()
    {
        var once = RecordSessions.Decide(Active(), Seen("10.0.0.1"), Facts(Principal.Bot, At(4))).OrThrow().Next;
        once.Receipt.FirstSeen.ShouldBe(At(3));

        RecordSessions.Decide(once, Seen("10.0.0.1", "10.0.0.1"), Facts(Principal.Bot, At(5))).OrThrow().Events.ShouldBeEmpty();
        RecordSessions.Decide(once, Seen(), Facts(Principal.Bot, At(5))).OrThrow().Events.ShouldBeEmpty();

        var twice = RecordSessions.Decide(once, Seen("10.0.0.2", null), Facts(Principal.Bot, At(6))).OrThrow().Next;
        twice.Receipt.ClientAddresses.ShouldBe(["10.0.0.1", "10.0.0.2", "local socket"]);
        twice.Receipt.FirstSeen.ShouldBe(At(3));
    }

    private static Decision<Grant> Record(Grant grant, RecordRevocation report, DateTimeOffset now) => RecordRevocation.Decide(grant, report, Facts(Principal.Bot, now)).OrThrow();
}
