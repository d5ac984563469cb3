using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What a step calls a login whose one session is stubborn, or whose proof has something in its way.</summary>
public sealed class StepReportTests
{
    private static readonly NodeLink Writer = new(new ServerNode { Host = "db", Port = 5432 }, connection: null, trouble: null);

    [Fact]
    public void Nothing_but_a_stubborn_session_is_stripped() => Of(Stubborn()).Stage.ShouldBe(RevocationStage.Stripped);

    [Fact]
    public void With_a_standby_that_nobody_can_look_at_it_is_exposed() =>
        Of(Stubborn(), "a standby that is not listed streams from this server").Stage.ShouldBe(RevocationStage.Exposed);

    [Fact]
    public void With_a_session_that_can_still_be_interrupted_it_is_exposed()
    {
        var login = Stubborn();
        login.OnlyStubbornOn.Clear();

        Of(login).Stage.ShouldBe(RevocationStage.Exposed);
    }

    [Fact]
    public void What_can_still_log_in_is_exposed()
    {
        var login = Stubborn();
        login.IsLocked = false;

        Of(login).Stage.ShouldBe(RevocationStage.Exposed);
    }

    [Fact]
    public void What_somebody_elses_session_may_still_act_with_is_exposed()
    {
        var login = Stubborn();
        login.IsBorrowed = true;

        Of(login).Stage.ShouldBe(RevocationStage.Exposed);
    }

    [Theory]
    [InlineData(null, false, "The bot cannot tell its age and leaves it alone.")]
    [InlineData(null, true, "The bot ends it after authentication_timeout.")]
    [InlineData("signalled", true, "The bot has told the server to end it.")]
    [InlineData("42501", true, "The bot could not end it (42501).")]
    public void A_connection_that_is_starting_up_is_named_with_what_becomes_of_it(string? outcome, bool hasAge, string words)
    {
        var login = new EndingState(new EndingLogin("dbco_ana_00000000", 1), new Closing()) { IsPresent = true, IsLocked = true };
        login.SetStartUps(Writer.Name, [new StartUp(4711, hasAge ? DateTimeOffset.UnixEpoch : null, outcome)]);

        var blocker = Of(login).Blockers.ShouldHaveSingleItem();

        blocker.ShouldContain(hasAge ? "connection 4711, starting up since 1970-01-01 00:00:00Z, may belong to this login." : "connection 4711, starting up, may belong to this login.");
        blocker.ShouldEndWith($"{words} To end it now, as a superuser there: SELECT pg_terminate_backend(4711)");
    }

    [Fact]
    public void A_proof_with_anything_in_its_way_is_none()
    {
        var login = new EndingState(new EndingLogin("dbco_ana_00000000", 1), new Closing()) { IsProven = true, ProvenAt = DateTimeOffset.UnixEpoch };
        Of(login).Stage.ShouldBe(RevocationStage.ProvenGone);

        login.Blockers.Add("the bot may not see the sessions of others any more");

        Of(login).Stage.ShouldNotBe(RevocationStage.ProvenGone);
        Of(login).Proof.ShouldBeNull();
    }

    private static EndingState Stubborn()
    {
        var login = new EndingState(new EndingLogin("dbco_ana_00000000", 1), new Closing()) { IsPresent = true, IsLocked = true, IsStripped = true };
        login.Stubborn.Add(new UninterruptibleSession(Writer.Name, 4711, DateTimeOffset.UnixEpoch));
        login.OnlyStubbornOn.Add(Writer.Name);
        return login;
    }

    private static RevocationReport Of(EndingState login, params string[] unlisted) =>
        new StepReport([Writer], unlisted, TimeSpan.FromMilliseconds(100), TimeProvider.System).Of(login, [], isClearEverywhere: false);
}
