using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Policies;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Flow;

/// <summary>Whom the directory speaks against, and what is taken from whoever is cut off.</summary>
public sealed class PeopleTests : IAsyncLifetime
{
    private readonly FlowScene _scene = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _scene.HasServerAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Theory]
    [InlineData(GrantState.Provisioning)]
    [InlineData(GrantState.Ready)]
    [InlineData(GrantState.Active)]
    public async Task An_account_that_the_directory_does_not_know_loses_what_it_has(GrantState state)
    {
        await _scene.HasAsync(Grant(state));
        _scene.Chat.People.Remove(Asker.Id);

        (await _scene.Get<PeopleWatch>().LookAsync(Ct)).ShouldBe(1);

        var grant = await _scene.GrantAsync();
        grant.Ending.ShouldNotBeNull();
        (grant.State, grant.Ending.Reason, grant.Ending.Detail).ShouldBe((GrantState.Revoking, EndReason.PersonDeactivated, "The account is unknown."));
    }

    [Fact]
    public async Task A_hint_at_an_unknown_account_takes_what_it_waits_for()
    {
        await _scene.HasAsync(Pending());
        _scene.Chat.People.Remove(Asker.Id);
        _scene.Get<PeopleWatch>().Hint(Asker.Id);

        (await _scene.Get<PeopleWatch>().LookAtHintedAsync(Ct)).ShouldBe(1);

        (await _scene.RequestAsync()).State.ShouldBe(RequestState.Denied);
    }

    [Fact]
    public async Task A_hint_at_an_unknown_account_ends_the_one_grant_that_it_holds()
    {
        await _scene.HasAsync(Active());
        _scene.Chat.People.Remove(Asker.Id);
        _scene.Get<PeopleWatch>().Hint(Asker.Id);

        (await _scene.Get<PeopleWatch>().LookAtHintedAsync(Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task A_hint_that_a_silent_directory_left_open_is_looked_at_again()
    {
        await _scene.HasAsync(Active());
        _scene.Chat.People.Remove(Asker.Id);
        _scene.Chat.Silence = new ChatUnavailableException("silent");
        _scene.Get<PeopleWatch>().Hint(Asker.Id);
        (await _scene.Get<PeopleWatch>().LookAtHintedAsync(Ct)).ShouldBe(0);

        _scene.Chat.Silence = null;
        (await _scene.Get<PeopleWatch>().LookAtHintedAsync(Ct)).ShouldBe(1);
    }

    /// <summary>A directory need not know accounts elsewhere; one that was deactivated there speaks for the human.</summary>
    [Theory]
    [InlineData(null, 0)]
    [InlineData(PrincipalKind.Guest, 0)]
    [InlineData(PrincipalKind.Deactivated, 1)]
    public async Task A_further_account_speaks_only_when_it_is_deactivated(PrincipalKind? kind, int ended)
    {
        var other = new PersonId("slack", "T9", "U1");
        Links(Asker.Id, other);
        await _scene.HasAsync(Active());
        if (kind is { } some)
        {
            _scene.Chat.People[other] = Asker with { Id = other, Kind = some };
        }

        (await _scene.Get<PeopleWatch>().LookAsync(Ct)).ShouldBe(ended);
    }

    [Fact]
    public async Task A_directory_that_is_silent_about_one_account_is_believed_about_the_other()
    {
        await _scene.HasAsync(Active());
        _scene.Chat.Silence = new ChatUnavailableException("silent");

        (await _scene.Get<PeopleWatch>().LookAsync(Ct)).ShouldBe(0);

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Active);
    }

    [Theory]
    [InlineData(GrantState.Provisioning)]
    [InlineData(GrantState.Ready)]
    public async Task What_somebody_approved_and_nobody_claimed_goes_when_they_are_cut_off(GrantState state)
    {
        await _scene.HasAsync(Approved(), Grant(state));

        (await CutsOffAsync(Approver.Id)).Ending.ShouldHaveSingleItem().Id.ShouldBe(TheGrant);

        var grant = await _scene.GrantAsync();
        (grant.State, grant.Ending.ShouldNotBeNull().Reason).ShouldBe((GrantState.Revoking, EndReason.NoLongerAllowed));
    }

    [Fact]
    public async Task What_was_claimed_before_its_approver_was_cut_off_goes_on()
    {
        await _scene.HasAsync(Approved(), Active());

        (await CutsOffAsync(Approver.Id)).Ending.ShouldBeEmpty();

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Active);
    }

    [Fact]
    public async Task An_approval_that_was_not_spent_is_taken_back_when_its_approver_is_cut_off()
    {
        await _scene.HasAsync(Approved());

        (await CutsOffAsync(Approver.Id)).Closed.ShouldHaveSingleItem().Id.ShouldBe(TheRequest);

        (await _scene.RequestAsync()).State.ShouldBe(RequestState.Voided);
    }

    [Fact]
    public async Task Somebody_who_approved_nothing_takes_nothing_with_them()
    {
        await _scene.HasAsync(Approved(), Ready());

        var cut = await CutsOffAsync(OnCall.Id);

        cut.Ending.ShouldBeEmpty();
        cut.Closed.ShouldBeEmpty();
        (await AlertsAsync()).ShouldBeEmpty("nobody is told of nothing");
    }

    [Fact]
    public async Task A_cut_off_is_told_once_for_its_occasion()
    {
        await _scene.HasAsync(Active());

        await _scene.Get<CuttingOff>().RunAsync(new CutOffOrder(Asker.Id, "left the company"), EndReason.Revoked, Business, "delivery", null, Ct);

        (await AlertsAsync()).ShouldBe(["cut_off:delivery"]);
    }

    /// <summary>What has become a grant is ended as one, and not listed twice.</summary>
    [Fact]
    public async Task An_approval_that_was_spent_may_not_become_access_again()
    {
        await _scene.HasAsync(Approved());
        (await CuttingOff.MayBecomeAccessAsync(_scene.Ledger, Asker.Id, _scene.Clock.GetUtcNow(), Ct)).ShouldHaveSingleItem();

        await _scene.HasAsync(Ready());
        (await CuttingOff.MayBecomeAccessAsync(_scene.Ledger, Asker.Id, _scene.Clock.GetUtcNow(), Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Everything_of_all_linked_accounts_goes()
    {
        var other = new PersonId("slack", "T9", "U1");
        Links(Asker.Id, other);
        var second = Active() with { Id = new GrantId(Guid.CreateVersion7()), Login = "dbco_other", Holder = Asker with { Id = other } };
        await _scene.HasAsync(Active(), second, Pending() with { Id = new RequestId(Guid.CreateVersion7()) });

        var cut = await CutsOffAsync(other);

        cut.Ending.Select(grant => grant.Id).ShouldBe([TheGrant, second.Id], ignoreOrder: true);
        cut.Closed.ShouldHaveSingleItem().State.ShouldBe(RequestState.Denied);
    }

    /// <summary>An approval whose claim clock has run out opens nothing any more.</summary>
    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public async Task Only_what_may_still_become_access_is_closed(int minute, bool closes)
    {
        await _scene.HasAsync(Approved());
        _scene.Clock.Advance(At(minute) - _scene.Clock.GetUtcNow());

        (await CutsOffAsync(Asker.Id)).Closed.Count.ShouldBe(closes ? 1 : 0);
    }

    private Task<CutOff> CutsOffAsync(PersonId person) =>
        _scene.Get<CuttingOff>().RunAsync(new CutOffOrder(person, "left the company"), EndReason.Revoked, Principal.Bot, null, null, Ct);

    private async Task<IReadOnlyList<string>> AlertsAsync() =>
        [.. (await _scene.Ledger.FindAsync<Alerts.Alert>(new Ledger.SnapshotQuery { Kind = Alerts.Alert.Kind }, Ct)).Select(stored => stored.State.Key)];

    private void Links(params PersonId[] accounts) => _scene.Rules = _scene.Rules with
    {
        Policies = new PolicyBook(_scene.Rules.Policies.Policies, Groups, new People([new Human { Key = "ana", Identities = accounts }])),
    };
}
