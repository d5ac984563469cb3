using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Flow;

/// <summary>The decider, what it asks of others, and the timers' commands.</summary>
public sealed class DecidingTests : IAsyncLifetime
{
    private readonly FlowScene _scene = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _scene.Clock.GetUtcNow();

    public async ValueTask InitializeAsync() => await _scene.HasServerAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task While_only_ending_goes_on_nothing_else_is_decided()
    {
        await _scene.HasAsync(Pending(), Approved() with { Id = new RequestId(Guid.CreateVersion7()) }, Active());
        _scene.Rules = _scene.Rules with { EndingOnlyBecause = "the configuration is invalid" };

        (await _scene.Get<Decider>().DecideAsync(Approve(Pending()), Approver, null, Ct)).ShouldBeRefused("ending_only");
        (await _scene.RequestAsync()).State.ShouldBe(RequestState.Pending);
        (await _scene.Get<Decider>().DecideAsync(new ReleaseGrant(TheGrant), Asker, null, Ct)).OrThrow();
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Revoking);
    }

    /// <summary>The delivery is closed in the transaction of its decision: nothing decides it twice, and nothing forgets it.</summary>
    [Fact]
    public async Task A_decision_closes_its_delivery()
    {
        await _scene.HasAsync(Pending());
        var delivery = new Delivery { Key = "key", Kind = DeliveryKind.SlashCommand, ReceivedAt = Now, Person = Asker.Id, Text = "withdraw" };
        (await _scene.Store.Inbox.AcceptAsync(delivery, Ct)).ShouldBeTrue();

        (await _scene.Get<Decider>().DecideAsync(new WithdrawRequest(TheRequest), Asker, delivery.Key, Ct)).OrThrow();

        (await _scene.Store.Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_person_was_refused_is_on_record_and_what_the_bot_was_is_not()
    {
        await _scene.HasAsync(Active());

        (await _scene.Get<Decider>().DecideAsync(new ReleaseGrant(TheGrant), OnCall, null, Ct)).ShouldBeRefused("unknown_grant");
        (await _scene.Get<Decider>().DecideAsync(new ExtendGrant(new GrantId(Guid.NewGuid()), TheExtension, TimeSpan.FromMinutes(1)), Principal.Bot, null, Ct)).ShouldBeRefused("unknown_grant");

        (await _scene.RefusalsAsync()).ShouldBe(["unknown_grant"]);
    }

    /// <summary>An approval is tried again until it is too old: what keeps it from being spent may be cured.</summary>
    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public async Task An_approval_that_cannot_be_spent_is_tried_until_its_claim_clock_ends(int minute, bool again)
    {
        await _scene.HasAsync(Approved(), Facts(Principal.Bot).Server! with { NotChecked = "the connection was refused" });
        _scene.Clock.Advance(At(minute) - Now);

        var result = await _scene.WorksAsync<DispatchLane>(new AgendaItem.Dispatch(OpenGrant.For(Approved())));

        result.RetryAt.ShouldBe(again ? Now + TimeSpan.FromSeconds(10) : null);
        (await _scene.RequestAsync()).Outcome.ShouldNotBeNull();
        (await _scene.Ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant" }, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_approval_opens_its_grant_once()
    {
        await _scene.HasAsync(Approved());

        for (var turn = 0; turn < 2; turn++)
        {
            (await _scene.WorksAsync<DispatchLane>(new AgendaItem.Dispatch(OpenGrant.For(Approved())))).RetryAt.ShouldBeNull();
        }

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Provisioning);
    }

    /// <summary>The directory is asked about the requester as they are now; one that it does not know counts as deactivated.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(PrincipalKind.Deactivated)]
    [InlineData(PrincipalKind.Guest)]
    public async Task Nothing_is_approved_for_somebody_who_left(PrincipalKind? kind)
    {
        await _scene.HasAsync(Pending());
        _scene.Chat.People.Remove(Asker.Id);
        if (kind is { } some)
        {
            _scene.Chat.People[Asker.Id] = Asker with { Kind = some };
        }

        (await _scene.Get<Decider>().DecideAsync(Approve(Pending()), Approver, null, Ct)).ShouldBeRefused("no_longer_eligible");

        _scene.Chat.Silence = new ChatUnavailableException("silent");
        (await _scene.Get<Decider>().DecideAsync(Approve(Pending()), Approver, null, Ct)).ShouldBeRefused("directory_unavailable");
    }

    [Fact]
    public async Task An_extension_waits_for_a_silent_directory_and_is_refused_for_good_otherwise()
    {
        var extension = ReviewRequest.Decide(Extension(), Approve(Extension()), Facts(Approver, At(2)) with { Grant = Active() }).OrThrow().Next;
        await _scene.HasAsync(Active(), extension);
        var extend = new AgendaItem.Dispatch(new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30)));
        var groups = Groups.Select(group => group.Name == "dba" ? group with { ChatGroup = "S0DBA" } : group).ToList();
        _scene.Rules = _scene.Rules with { Policies = new PolicyBook(_scene.Rules.Policies.Policies, groups, People.Unlinked) };
        _scene.Chat.Silence = new ChatUnavailableException("silent");
        (await _scene.WorksAsync<DispatchLane>(extend)).RetryAt.ShouldBe(Now + TimeSpan.FromSeconds(10));

        _scene.Chat.Silence = null;
        _scene.Clock.Advance(At(40) - Now);
        (await _scene.WorksAsync<DispatchLane>(extend)).RetryAt.ShouldBeNull();

        (await _scene.GrantAsync()).Expiry.ShouldBe(At(32));
        (await _scene.RequestAsync(TheExtension)).Outcome.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_extension_that_was_approved_moves_the_end()
    {
        var extension = ReviewRequest.Decide(Extension(), Approve(Extension()), Facts(Approver, At(2)) with { Grant = Active() }).OrThrow().Next;
        await _scene.HasAsync(Active(), extension);

        (await _scene.WorksAsync<DispatchLane>(new AgendaItem.Dispatch(new ExtendGrant(TheGrant, TheExtension, TimeSpan.FromMinutes(30))))).RetryAt.ShouldBeNull();

        (await _scene.GrantAsync()).Expiry.ShouldBe(At(62));
    }

    /// <summary>Two people who approve each other's requests within a day are shown as such.</summary>
    [Theory]
    [InlineData(Verdict.Approve, 0, true)]
    [InlineData(Verdict.Approve, 24 * 60, true)]
    [InlineData(Verdict.Approve, (24 * 60) + 1, false)]
    [InlineData(Verdict.Deny, 0, false)]
    public async Task A_favour_is_returned_within_a_day(Verdict verdict, int minutesAgo, bool isReturned)
    {
        var review = new Review { Reviewer = Approver, Verdict = verdict, At = Now - TimeSpan.FromMinutes(minutesAgo), Comment = "x" };
        await _scene.HasAsync(Approved() with { Reviews = [review] });

        var earlier = new EarlierRequests(_scene.Ledger, () => _scene.Rules);

        ((await earlier.ReturnedAsync(Asker.Id, Approver.Id, Now, Ct)) is not null).ShouldBe(isReturned);
        (await earlier.ReturnedAsync(Asker.Id, OnCall.Id, Now, Ct)).ShouldBeNull();
        (await earlier.ReturnedAsync(Approver.Id, Asker.Id, Now, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_denial_is_remembered_for_all_accounts_of_one_human()
    {
        var other = new PersonId("slack", "T9", "U1");
        await _scene.HasAsync(Request(RequestState.Denied));
        var earlier = new EarlierRequests(_scene.Ledger, () => _scene.Rules);
        (await earlier.DeniedAsync(other, OrdersProd.Id, Ct)).ShouldBeEmpty();

        _scene.Rules = _scene.Rules with { Policies = new PolicyBook(_scene.Rules.Policies.Policies, Groups, new People([new Human { Key = "ana", Identities = [Asker.Id, other] }])) };

        (await earlier.DeniedAsync(other, OrdersProd.Id, Ct)).ShouldHaveSingleItem().Id.ShouldBe(TheRequest);
        (await earlier.DeniedAsync(other, OrdersStaging.Id, Ct)).ShouldBeEmpty();
    }

    /// <summary>Sessions are looked for as long as a password may be in use, and not before there was one.</summary>
    [Theory]
    [InlineData(GrantState.Ready, false)]
    [InlineData(GrantState.Active, true)]
    [InlineData(GrantState.Revoking, true)]
    public async Task Sessions_of_claimed_access_are_written_down(GrantState state, bool areSeen)
    {
        var grant = Grant(state);
        await _scene.HasAsync(grant);
        _scene.Engine.Sessions = [new LoginSession { Login = grant.Login, Node = "localhost:5432", ClientAddress = "10.0.0.1", StartedAt = Now, ProcessId = 100 }];

        await _scene.Get<SessionWatch>().LookAsync(Ct);

        (await _scene.GrantAsync()).Receipt.ClientAddresses.ShouldBe(areSeen ? ["10.0.0.1"] : []);
    }
}
