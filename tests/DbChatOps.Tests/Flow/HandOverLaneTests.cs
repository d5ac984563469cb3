using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Targets;
using DbChatOps.Tests.Chat;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Flow;

public sealed class HandOverLaneTests : IAsyncLifetime
{
    private static readonly AgendaItem.HandOver HandOver = new(TheGrant, 1, "V1");
    private readonly FlowScene _scene = new();

    private string Shown => string.Join('\n', _scene.Chat.Dialogs.Select(shown => CardText.Of(shown.Dialog)));

    public async ValueTask InitializeAsync()
    {
        await _scene.HasServerAsync();
        await _scene.HasAsync(Revealing());
        _scene.Engine.Put(Revealing().Login, TheGrant);
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task The_password_is_set_within_the_lanes_claim_and_shown_once()
    {
        var ends = _scene.Clock.GetUtcNow() + TimeSpan.FromSeconds(40);

        (await _scene.WorksAsync<HandOverLane>(HandOver, TimeSpan.FromSeconds(40))).RetryAt.ShouldBeNull();

        var set = _scene.Engine.HandedOver.ShouldHaveSingleItem();
        (set.Login, set.Oid, set.Generation, set.NotAfter, set.Expiry).ShouldBe((Revealing().Login, 20001u, 1, ends, Revealing().Revealing!.Expiry));
        set.Pin.SystemIdentifier.ShouldBe(Identity.SystemIdentifier);
        _scene.Chat.Dialogs.ShouldHaveSingleItem().View.ShouldBe("V1");
        Shown.ShouldContain(set.Password.Reveal());
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Active);
    }

    [Fact]
    public async Task A_claim_that_ended_before_the_effect_shows_no_password()
    {
        _scene.Engine.Refuses = new Refusal("too_late", "The time for it is over.");

        await _scene.WorksAsync<HandOverLane>(HandOver, TimeSpan.Zero);

        Shown.ShouldContain("The time for it is over.");
        Shown.ShouldNotContain(_scene.Engine.HandedOver.ShouldHaveSingleItem().Password.Reveal());
        var grant = await _scene.GrantAsync();
        (grant.State, grant.Revealing).ShouldBe((GrantState.Ready, null));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_row_of_another_reveal_does_nothing(int generation)
    {
        (await _scene.WorksAsync<HandOverLane>(HandOver with { Generation = generation })).RetryAt.ShouldBeNull();

        _scene.Engine.Calls.ShouldBe(0);
        _scene.Chat.Dialogs.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_access_that_was_ended_meanwhile_gets_no_password()
    {
        await _scene.HasAsync(ReleaseGrant.Decide(Revealing(), new ReleaseGrant(TheGrant), Facts(Asker, At(2))).OrThrow().Next);

        await _scene.WorksAsync<HandOverLane>(HandOver);

        _scene.Engine.HandedOver.ShouldBeEmpty();
        _scene.Chat.Dialogs.ShouldHaveSingleItem();
    }

    /// <summary>An earlier try reached the server and died before it showed anything: the password is lost, and a new one would need a press.</summary>
    [Theory]
    [InlineData(1, GrantState.Active)]
    [InlineData(2, GrantState.Ready)]
    public async Task A_password_that_was_set_by_an_earlier_try_is_only_read_back(int generation, GrantState state)
    {
        _scene.Engine.Put(Revealing().Login, TheGrant, generation);
        _scene.Engine.Logins[Revealing().Login] = _scene.Engine.Logins[Revealing().Login] with { ValidUntil = Revealing().Revealing!.Expiry };

        await _scene.WorksAsync<HandOverLane>(HandOver);

        _scene.Engine.HandedOver.ShouldBeEmpty();
        Shown.ShouldContain("New password");
        (await _scene.GrantAsync()).State.ShouldBe(state);
    }

    [Fact]
    public async Task A_further_password_of_a_login_that_somebody_locked_is_not_set()
    {
        var again = Revealing(Active(), At(10));
        await _scene.HasAsync(again);
        _scene.Engine.Put(again.Login, TheGrant, generation: 1, isLocked: true);

        await _scene.WorksAsync<HandOverLane>(HandOver with { Generation = 2 });

        _scene.Engine.HandedOver.ShouldBeEmpty();
        Shown.ShouldContain("locked on the server by somebody else");
    }

    [Fact]
    public async Task A_lock_that_the_engine_meets_is_named_as_somebody_elses()
    {
        _scene.Engine.Refuses = new Refusal("login_locked", "Locked.");

        await _scene.WorksAsync<HandOverLane>(HandOver);

        Shown.ShouldContain("locked on the server by somebody else");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_the_target_or_its_server_nothing_is_set(bool isTargetGone)
    {
        _scene.Rules = _scene.Rules with { Targets = isTargetGone ? new TargetBook([PgProd], [OrdersStaging]) : new TargetBook([], [OrdersProd]) };

        (await _scene.WorksAsync<HandOverLane>(HandOver)).RetryAt.ShouldBeNull();

        _scene.Engine.Calls.ShouldBe(0);
        (await _scene.GrantAsync()).Revealing.ShouldBeNull("the holder may press again");
    }

    [Fact]
    public async Task What_the_server_took_is_recorded_though_the_dialog_is_gone()
    {
        _scene.Chat.Fault = new ChatRefusedException("view_not_found", "gone");

        (await _scene.WorksAsync<HandOverLane>(HandOver)).RetryAt.ShouldBeNull();

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Active);
    }

    [Fact]
    public async Task A_silent_server_is_asked_again()
    {
        _scene.Engine.IsDown = true;

        (await _scene.WorksAsync<HandOverLane>(HandOver)).RetryAt.ShouldBe(_scene.Clock.GetUtcNow() + TimeSpan.FromSeconds(0.5));
    }

    /// <summary>The dialog with the password goes when the window ends.</summary>
    [Fact]
    public async Task A_dialog_that_is_to_go_is_made_blank()
    {
        await _scene.WorksAsync<HandOverLane>(new AgendaItem.Show("blank:V7"));

        _scene.Chat.Dialogs.ShouldHaveSingleItem().View.ShouldBe("V7");
    }
}
