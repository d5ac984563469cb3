using DbChatOps.Access;
using DbChatOps.Host.Flow;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Flow;

/// <summary>What happens between reading the server and reading the ledger, and what is compared.</summary>
public sealed class ReconcilerTests : IAsyncLifetime
{
    private readonly FlowScene _scene = new(At(1, 14));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Reconciler Reconciler => _scene.Get<Reconciler>();

    public async ValueTask InitializeAsync() => await _scene.HasServerAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_login_that_is_made_while_the_server_is_read_is_no_stray()
    {
        _scene.Engine.Put(Ready().Login, TheGrant);
        _scene.Engine.WhileListing = () => _scene.HasAsync(Ready());

        (await Reconciler.LookAsync(Ct)).ShouldBeEmpty();

        _scene.Engine.Ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_grant_that_is_opened_after_the_server_was_read_has_not_lost_its_login()
    {
        _scene.Engine.WhileListing = () => _scene.HasAsync(Ready());

        (await Reconciler.LookAsync(Ct)).ShouldBeEmpty();

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Ready);
    }

    [Theory]
    [InlineData(GrantState.Ready)]
    [InlineData(GrantState.Active)]
    public async Task A_live_grant_whose_login_is_gone_ends_once_it_has_settled(GrantState state)
    {
        await _scene.HasAsync(Grant(state));
        _scene.Clock.Advance(TimeSpan.FromSeconds(1));

        (await Reconciler.LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.LoginLost);

        (await _scene.GrantAsync()).Ending.ShouldNotBeNull().Reason.ShouldBe(EndReason.LoginLost);
    }

    [Theory]
    [InlineData(GrantState.Provisioning)]
    [InlineData(GrantState.Revoking)]
    public async Task A_grant_that_has_no_login_yet_or_is_ending_has_lost_none(GrantState state)
    {
        await _scene.HasAsync(Grant(state));
        _scene.Clock.Advance(TimeSpan.FromMinutes(5));

        (await Reconciler.LookAsync(Ct)).ShouldBeEmpty();
    }

    /// <summary>The bot locked it itself, between the two readings.</summary>
    [Fact]
    public async Task A_lock_of_a_grant_that_began_to_end_while_the_server_was_read_is_the_bots_own()
    {
        await _scene.HasAsync(Active());
        _scene.Engine.Put(Active().Login, TheGrant, generation: 1, isLocked: true);
        _scene.Engine.WhileListing = () => _scene.HasAsync(Revoking());

        (await Reconciler.LookAsync(Ct)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, 1, 3, true)]
    [InlineData(false, 1, 3, false)]
    [InlineData(true, 1, 32, false)]
    public async Task A_lock_of_a_live_grants_login_is_somebody_elses(bool isLocked, int generation, int minute, bool isFound)
    {
        await _scene.HasAsync(Active());
        _scene.Clock.Advance(At(minute) - _scene.Clock.GetUtcNow());
        _scene.Engine.Put(Active().Login, TheGrant, generation, isLocked: isLocked);

        (await Reconciler.LookAsync(Ct)).Select(finding => finding.Kind).Where(static kind => kind == ReconcileKind.LockedElsewhere).ShouldBe(isFound ? [ReconcileKind.LockedElsewhere] : []);
    }

    /// <summary>A copy of this bot that is gone may have made and ended it; the grant is not live, and its making is refused by the name.</summary>
    [Fact]
    public async Task A_locked_login_of_a_grant_whose_making_is_not_concluded_is_no_lock_of_somebody_else()
    {
        await _scene.HasAsync(Grant(GrantState.Provisioning));
        _scene.Engine.Put(Active().Login, TheGrant, isLocked: true);

        (await Reconciler.LookAsync(Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_login_that_was_handed_over_and_cannot_log_in_was_closed_by_hand()
    {
        await _scene.HasAsync(Active());
        _scene.Engine.Put(Active().Login, TheGrant, generation: 1);
        _scene.Engine.Logins[Active().Login] = _scene.Engine.Logins[Active().Login] with { CanLogin = false };

        (await Reconciler.LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.LockedElsewhere);
    }

    [Fact]
    public async Task A_login_of_ours_that_no_grant_owes_is_ended_and_told()
    {
        await _scene.HasAsync(Revoked());
        _scene.Engine.Put(Active().Login, TheGrant, generation: 1);

        var finding = (await Reconciler.LookAsync(Ct)).ShouldHaveSingleItem();

        (finding.Kind, finding.Message).ShouldBe((ReconcileKind.Stray, $"{Active().Login} was ours and owed to no grant: ended, proven gone."));
        _scene.Engine.Ended.ShouldHaveSingleItem().ShouldBe(new DbChatOps.Targets.EndingLogin(Active().Login, 20001));
    }

    [Fact]
    public async Task A_role_whose_mark_does_not_verify_is_never_touched()
    {
        _scene.Engine.Put("dbco_ana_x", macVerifies: false);

        (await Reconciler.LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.LooksLikeOurs);

        _scene.Engine.Ended.ShouldBeEmpty();
        _scene.Engine.Logins.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_dry_run_ends_nothing()
    {
        var other = Active() with { Id = new GrantId(Guid.CreateVersion7()), Login = "dbco_lost" };
        await _scene.HasAsync(other);
        _scene.Clock.Advance(TimeSpan.FromMinutes(5));
        _scene.Engine.Put("dbco_stray");

        (await Reconciler.CompareAsync(dryRun: true, Ct)).Select(finding => finding.Kind).ShouldBe([ReconcileKind.Stray, ReconcileKind.LoginLost]);

        _scene.Engine.Ended.ShouldBeEmpty();
        _scene.Engine.GhostsEnded.ShouldHaveSingleItem().OnlyLook.ShouldBeTrue();
        (await _scene.GrantAsync(other.Id)).State.ShouldBe(GrantState.Active);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_of_an_open_grant_are_not_taken_for_ghosts(bool isEnding)
    {
        await _scene.HasAsync(isEnding ? Revoking() : Active());
        _scene.Engine.Put(Active().Login, TheGrant, generation: 1);

        await Reconciler.LookAsync(Ct);

        var request = _scene.Engine.GhostsEnded.ShouldHaveSingleItem();
        request.Except.ShouldBe([20001u]);
        request.OnlyLook.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_finding_and_takes_back_no_alarm()
    {
        _scene.Engine.Put("dbco_ana_x", macVerifies: false);
        await Reconciler.LookAsync(Ct);
        _scene.Engine.IsDown = true;

        (await Reconciler.LookAsync(Ct)).ShouldHaveSingleItem().Kind.ShouldBe(ReconcileKind.ServerUnreachable);
        (await RaisedAsync()).ShouldBe(["lookalike:pg-prod:dbco_ana_x"]);

        _scene.Engine.IsDown = false;
        _scene.Engine.Logins.Clear();
        await Reconciler.LookAsync(Ct);
        (await RaisedAsync()).ShouldBeEmpty();
    }

    private async Task<IEnumerable<string>> RaisedAsync() =>
        (await _scene.Ledger.FindAsync<Alerts.Alert>(new Ledger.SnapshotQuery { Kind = Alerts.Alert.Kind, Open = true }, Ct)).Select(stored => stored.State.Key);
}
