using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Flow;

public sealed class EngineLaneTests : IAsyncLifetime
{
    private static readonly AgendaItem.Converge Converge = new(TheGrant);
    private readonly FlowScene _scene = new();

    /// <summary>Each way in which the configuration may have changed since the approval.</summary>
    public static TheoryData<string> Changes => ["target gone", "another server", "another database", "another standing role", "level gone", "server never looked at"];

    private DateTimeOffset Now => _scene.Clock.GetUtcNow();

    public async ValueTask InitializeAsync() => await _scene.HasServerAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_login_that_is_owed_is_made_as_the_grant_says()
    {
        await _scene.HasAsync(Provisioning());

        (await _scene.WorksAsync<EngineLane>(Converge)).RetryAt.ShouldBeNull();

        var made = _scene.Engine.Made.ShouldHaveSingleItem();
        (made.Login, made.Level, made.Grant, made.Target.Id).ShouldBe((Provisioning().Login, AccessLevel.Read, TheGrant, OrdersProd.Id));
        made.Pin.SystemIdentifier.ShouldBe(Identity.SystemIdentifier);
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Ready);
    }

    /// <summary>Whoever holds the lane after this one, and whoever ends the grant after its claim clock, must not meet a login that comes late.</summary>
    [Theory]
    [InlineData(30)]
    [InlineData(600)]
    public async Task No_login_is_made_after_the_lane_or_the_claim_clock_has_ended(int seconds)
    {
        var grant = Provisioning();
        await _scene.HasAsync(grant);
        _scene.Clock.Advance(grant.ClaimBy - Now - TimeSpan.FromMinutes(1));
        var laneEnds = Now + TimeSpan.FromSeconds(seconds);

        await _scene.WorksAsync<EngineLane>(Converge, TimeSpan.FromSeconds(seconds));

        _scene.Engine.Made.ShouldHaveSingleItem().NotAfter.ShouldBe(laneEnds < grant.ClaimBy ? laneEnds : grant.ClaimBy);
    }

    [Fact]
    public async Task When_the_claim_clock_has_run_out_the_server_is_not_asked_any_more()
    {
        var grant = Provisioning();
        await _scene.HasAsync(grant);
        _scene.Clock.Advance(grant.ClaimBy - Now);

        (await _scene.WorksAsync<EngineLane>(Converge)).RetryAt.ShouldBeNull();

        _scene.Engine.Calls.ShouldBe(0);
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Provisioning, "its timer ends it");
    }

    [Fact]
    public async Task A_lane_that_ended_before_the_effect_is_tried_again_and_fails_nobody()
    {
        await _scene.HasAsync(Provisioning());

        (await _scene.WorksAsync<EngineLane>(Converge, TimeSpan.Zero)).RetryAt.ShouldBe(Now);

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Provisioning);
        _scene.Engine.Logins.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_standing_role_that_others_hold_is_waited_for()
    {
        await _scene.HasAsync(Provisioning());
        _scene.Engine.Refuses = new Refusal("role_held", "Somebody is granting it.");

        (await _scene.WorksAsync<EngineLane>(Converge)).RetryAt.ShouldNotBeNull().ShouldBeGreaterThan(Now);

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Provisioning);
    }

    [Fact]
    public async Task A_refusal_of_the_server_ends_the_grant_with_its_words()
    {
        await _scene.HasAsync(Provisioning());
        _scene.Engine.Refuses = new Refusal("name_taken", "The name is taken.");

        (await _scene.WorksAsync<EngineLane>(Converge)).RetryAt.ShouldBeNull();

        var grant = await _scene.GrantAsync();
        grant.Ending.ShouldNotBeNull();
        (grant.State, grant.Ending.Reason, grant.Ending.Detail).ShouldBe((GrantState.Revoking, EndReason.Failed, "The name is taken."));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task What_is_configured_otherwise_than_it_was_approved_gets_no_login(string change)
    {
        var grant = Provisioning();
        await _scene.HasAsync(change == "server never looked at" ? grant with { Server = new ServerId("pg-new") } : grant);
        var levels = OrdersProd.Levels.ToDictionary(pair => pair.Key, pair => pair.Value);
        var target = change switch
        {
            "another server" => OrdersProd with { Server = new ServerId("pg-other") },
            "another database" => OrdersProd with { Database = "billing" },
            "another standing role" => OrdersProd with { Levels = new Dictionary<AccessLevel, LevelSettings>(levels) { [AccessLevel.Read] = new() { StandingRole = "somebody_else" } } },
            "level gone" => OrdersProd with { Levels = levels.Where(pair => pair.Key != AccessLevel.Read).ToDictionary() },
            "server never looked at" => OrdersProd with { Server = new ServerId("pg-new") },
            _ => OrdersStaging,
        };
        _scene.Rules = _scene.Rules with { Targets = new TargetBook([PgProd, PgProd with { Id = new ServerId("pg-new") }], [target]) };

        await _scene.WorksAsync<EngineLane>(Converge);

        _scene.Engine.Made.ShouldBeEmpty();
        (await _scene.GrantAsync()).Ending.ShouldNotBeNull().Reason.ShouldBe(EndReason.Failed);
    }

    [Fact]
    public async Task A_server_that_is_no_longer_configured_still_owes_the_end()
    {
        await _scene.HasAsync(Revoking());
        _scene.Rules = _scene.Rules with { Targets = new TargetBook([], []) };

        (await _scene.WorksAsync<EngineLane>(Converge)).RetryAt.ShouldBe(Now + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_row_is_finished_with_the_proof_and_not_before()
    {
        await _scene.HasAsync(Revoking());
        _scene.Engine.Reaches = RevocationStage.Contained;
        (await _scene.WorksAsync<EngineLane>(Converge)).RetryAt.ShouldNotBeNull();
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Revoking);

        _scene.Engine.Reaches = RevocationStage.ProvenGone;
        (await _scene.WorksAsync<EngineLane>(Converge)).RetryAt.ShouldBeNull();

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Revoked);
        _scene.Engine.Ended.ShouldAllBe(login => login.Name == Revoking().Login && login.Oid == 20001u && login.Level == AccessLevel.Read);
    }

    /// <summary>Nothing is known of a server that is silent: what was handed over may be used, what was not cannot be.</summary>
    [Theory]
    [InlineData(true, RevocationStage.Exposed)]
    [InlineData(false, RevocationStage.Contained)]
    public async Task A_silent_server_counts_as_exposed_once_a_password_was_there(bool wasClaimed, RevocationStage stage)
    {
        await _scene.HasAsync(wasClaimed ? Revoking() : EndGrant.Decide(Ready(), new EndGrant(TheGrant, EndReason.Unclaimed), Facts(Principal.Bot, At(61))).OrThrow().Next);
        _scene.Engine.IsDown = true;

        (await _scene.WorksAsync<EngineLane>(Converge)).RetryAt.ShouldBe(Now + TimeSpan.FromSeconds(0.5));

        (await _scene.GrantAsync()).Ending.ShouldNotBeNull().Stage.ShouldBe(stage);
    }

    [Fact]
    public async Task After_some_steps_an_ending_is_tried_every_five_seconds()
    {
        await _scene.HasAsync(Revoking());
        _scene.Engine.Reaches = RevocationStage.Exposed;

        (await _scene.WorksAsync<EngineLane>(Converge, attempts: 7)).RetryAt.ShouldBe(Now);
        (await _scene.WorksAsync<EngineLane>(Converge, attempts: 8)).RetryAt.ShouldBe(Now + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_end_on_the_server_is_moved_once()
    {
        await _scene.HasAsync(Extended());

        await _scene.WorksAsync<EngineLane>(Converge);
        await _scene.WorksAsync<EngineLane>(Converge);

        var moved = _scene.Engine.Extended.ShouldHaveSingleItem();
        (moved.Login, moved.Oid, moved.Expiry).ShouldBe((Extended().Login, 20001u, At(62)));
        (await _scene.GrantAsync()).ValidUntil.ShouldBe(At(62));
    }

    /// <summary>What somebody may put right is tried for as long as the server still lets the holder in; the rest ends the matter at once.</summary>
    [Theory]
    [InlineData("clock_skew", 20, true)]
    [InlineData("wrong_server", 20, true)]
    [InlineData("setup_missing", 20, true)]
    [InlineData("login_gone", 20, true)]
    [InlineData("login_locked", 20, false)]
    [InlineData("window_too_long", 20, false)]
    [InlineData("clock_skew", 32, false)]
    public async Task An_extension_that_the_server_refuses_waits_only_for_what_can_be_cured(string code, int minute, bool waits)
    {
        await _scene.HasAsync(Extended());
        _scene.Clock.Advance(At(minute) - Now);
        _scene.Engine.Refuses = new Refusal(code, "No.");

        ((await _scene.WorksAsync<EngineLane>(Converge)).RetryAt is not null).ShouldBe(waits);

        (await _scene.GrantAsync()).Expiry.ShouldBe(waits ? At(62) : At(32));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_costs_one_try_however_many_rows_wait()
    {
        var other = new GrantId(Guid.CreateVersion7());
        await _scene.HasAsync(Provisioning(), Provisioning() with { Id = other, Login = "dbco_other" });
        _scene.Engine.IsDown = true;
        List<ClaimedRow> rows = [.. new[] { TheGrant, other }.Select(id => new ClaimedRow(
            new AgendaRow { Key = id.ToString(), Lane = "engine:pg-prod", Priority = AgendaPriority.Revoke, Due = Now, Item = new AgendaItem.Converge(id) }, 1, 0))];

        var results = await _scene.Lane<EngineLane>().WorkAsync(new LaneClaim("engine:pg-prod", Now + Agenda.ClaimFor, rows), TestContext.Current.CancellationToken);

        results.ShouldAllBe(result => result.RetryAt != null);
        _scene.Engine.Calls.ShouldBe(1);
    }
}
