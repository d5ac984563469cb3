using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;
using DbChatOps.Policies;
using DbChatOps.Tests.Chat;
using DbChatOps.Tests.Flow;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Desk;

/// <summary>What people type: which names they can name, what they are shown, and what is decided late.</summary>
public sealed class TypedTests : IAsyncLifetime
{
    private readonly FlowScene _scene = new();
    private int _deliveries;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AccessLookup Lookup => _scene.Get<AccessLookup>();

    public async ValueTask InitializeAsync() => await _scene.HasServerAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_target_that_no_policy_offers_is_absent()
    {
        (await Lookup.TargetAsync("orders-prod", Asker, Ct)).OrThrow().Id.ShouldBe(OrdersProd.Id);
        (await Lookup.TargetAsync("orders-prod", Approver, Ct)).ShouldBeRefused("unknown_target");
        (await Lookup.TargetAsync("orders", Asker, Ct)).ShouldBeRefused("unknown_target");
    }

    [Fact]
    public async Task Without_a_name_the_only_grant_is_meant_and_never_one_that_is_ending()
    {
        (await Lookup.GrantOfAsync(null, Asker, Ct)).ShouldBeRefused("unknown_grant");
        await _scene.HasAsync(Revoking());
        (await Lookup.GrantOfAsync(null, Asker, Ct)).ShouldBeRefused("unknown_grant");

        await _scene.HasAsync(Active() with { Id = new GrantId(Guid.CreateVersion7()), Login = "dbco_1" });
        (await Lookup.GrantOfAsync(null, Asker, Ct)).OrThrow().Login.ShouldBe("dbco_1");
        (await Lookup.GrantOfAsync(null, Approver, Ct)).ShouldBeRefused("unknown_grant");

        await _scene.HasAsync(Provisioning() with { Id = new GrantId(Guid.CreateVersion7()), Login = "dbco_2" });
        (await Lookup.GrantOfAsync(null, Asker, Ct)).ShouldBeRefused("which_grant");
    }

    [Fact]
    public async Task Only_what_somebody_may_end_is_offered_to_be_ended()
    {
        await _scene.HasAsync(Active());

        (await Lookup.RevocableAsync(Asker, Ct)).OrThrow().ShouldHaveSingleItem();
        (await Lookup.RevocableAsync(Business, Ct)).OrThrow().ShouldHaveSingleItem();
        (await Lookup.RevocableAsync(OnCall, Ct)).OrThrow().ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_whoever_may_decide_is_waited_for()
    {
        await _scene.HasAsync(Pending());

        (await Lookup.WaitingForAsync(Approver, Ct)).OrThrow().ShouldHaveSingleItem();
        (await Lookup.WaitingForAsync(Asker, Ct)).OrThrow().ShouldBeEmpty();
        (await Lookup.WaitingForAsync(Business, Ct)).OrThrow().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_shows_ones_own_requests_alone()
    {
        await _scene.HasAsync(Pending());
        var membership = (await Lookup.EveryGroupAsync(Ct)).OrThrow();

        (await Lookup.HomeOfAsync(Asker, membership, Ct)).Asked.ShouldHaveSingleItem();
        var approvers = await Lookup.HomeOfAsync(Approver, membership, Ct);
        approvers.Asked.ShouldBeEmpty();
        approvers.Waiting.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_list_of_requests_shows_ones_own_and_what_waits()
    {
        await _scene.HasAsync(Pending());

        (await SaysAsync(new AccessIntent.ListRequests(), Asker)).ShouldContain(TheRequest.Handle);
        (await SaysAsync(new AccessIntent.ListRequests(), Approver)).ShouldContain(TheRequest.Handle);
        (await SaysAsync(new AccessIntent.ListRequests(), Business)).ShouldNotContain(TheRequest.Handle);
    }

    /// <summary>In production a typed approval names the digest that was shown; without it, it is shown.</summary>
    [Fact]
    public async Task A_typed_approval_shows_first_and_then_counts()
    {
        var request = Pending();
        await _scene.HasAsync(request);

        (await SaysAsync(new AccessIntent.Approve(request.Id.Handle, null, null), Approver)).ShouldContain(ReviewRequest.BriefDigest(request));
        (await _scene.RequestAsync()).State.ShouldBe(RequestState.Pending);
        (await SaysAsync(new AccessIntent.Approve(request.Id.Handle, "00000000", null), Approver)).ShouldContain("What you saw is not what is asked");
        (await _scene.RequestAsync()).State.ShouldBe(RequestState.Pending);
        await SaysAsync(new AccessIntent.Approve(request.Id.Handle, ReviewRequest.BriefDigest(request), null), Approver);
        (await _scene.RequestAsync()).State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    public async Task An_approval_of_ones_own_request_is_refused_before_anything_is_shown_and_is_on_record()
    {
        await _scene.HasAsync(Pending());

        (await SaysAsync(new AccessIntent.Approve(TheRequest.Handle, null, null), Asker)).ShouldContain("your own request");

        (await _scene.RefusalsAsync()).ShouldBe(["self_approval"]);
    }

    [Fact]
    public async Task Cutting_off_asks_before_it_does()
    {
        await _scene.HasAsync(Active());

        await SaysAsync(new AccessIntent.RevokePerson(Asker.Id.User, "left the company"), Business);
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Active);

        await SaysAsync(new AccessIntent.RevokePerson(Asker.Id.User, "left the company", Confirmed: true), Business);
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Revoking);
    }

    [Theory]
    [InlineData(PrincipalKind.Member, false, true)]
    [InlineData(PrincipalKind.Member, true, false)]
    [InlineData(PrincipalKind.Guest, false, false)]
    [InlineData(PrincipalKind.Deactivated, false, false)]
    [InlineData(PrincipalKind.Bot, false, false)]
    [InlineData(PrincipalKind.Stranger, false, false)]
    public async Task Only_members_from_inside_take_part(PrincipalKind kind, bool fromOutside, bool may)
    {
        _scene.Chat.People[Asker.Id] = Asker with { Kind = kind };

        var found = await _scene.Get<Identification>().OfAsync(Typed("", Asker) with { FromOutside = fromOutside, Text = "" }, Ct);

        (found.Refused is null).ShouldBe(may);
        _scene.Chat.People.Remove(Asker.Id);
        (await _scene.Get<Identification>().OfAsync(Asker.Id, Ct)).Refused.ShouldNotBeNull();
    }

    /// <summary>Whoever asked has heard nothing for half an hour and may have helped themselves otherwise; what ends access is done however late.</summary>
    [Theory]
    [InlineData("access orders-prod read 30m checking INC-42", 30, RequestState.Pending)]
    [InlineData("access orders-prod read 30m checking INC-42", 31, null)]
    public async Task What_was_asked_long_ago_is_not_asked_any_more(string text, int minutes, RequestState? state)
    {
        await _scene.Store.Inbox.AcceptAsync(Typed(text, Asker), Ct);
        _scene.Clock.Advance(TimeSpan.FromMinutes(minutes));

        await TakesUpAsync();

        (await RequestsAsync()).Select(request => (RequestState?)request.State).ShouldBe(state is null ? [] : [state]);
        (await _scene.Store.Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_ends_access_is_done_however_late()
    {
        await _scene.HasAsync(Active());
        await _scene.Store.Inbox.AcceptAsync(Typed("release", Asker), Ct);
        _scene.Clock.Advance(TimeSpan.FromHours(5));

        await TakesUpAsync();

        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Revoking);
    }

    [Fact]
    public async Task An_account_that_may_take_no_part_is_on_record_and_a_silent_directory_is_not()
    {
        _scene.Chat.People[Asker.Id] = Asker with { Kind = PrincipalKind.Guest };
        await _scene.Get<FrontDesk>().HandleAsync(Typed("withdraw", Asker), Ct);
        _scene.Chat.Silence = new ChatUnavailableException("silent");
        _scene.Clock.Advance(TimeSpan.FromSeconds(61));
        await _scene.Get<FrontDesk>().HandleAsync(Typed("withdraw", Asker), Ct);

        (await _scene.RefusalsAsync()).ShouldBe(["guest"]);
    }

    [Fact]
    public async Task A_refused_account_is_asked_about_again_when_it_has_changed()
    {
        _scene.Chat.People[Asker.Id] = Asker with { Kind = PrincipalKind.Guest };
        await _scene.Get<FrontDesk>().HandleAsync(Typed("withdraw", Asker), Ct);
        _scene.Chat.People[Asker.Id] = Asker;
        (await _scene.Get<Identification>().OfAsync(Asker.Id, Ct)).Refused.ShouldNotBeNull().Code.ShouldBe("guest");

        _scene.Get<Identification>().Forget(Asker.Id);

        (await _scene.Get<Identification>().OfAsync(Asker.Id, Ct)).Refused.ShouldBeNull();
    }

    [Fact]
    public async Task A_delivery_that_comes_again_is_decided_once()
    {
        var typed = Typed("access orders-prod read 30m checking INC-42", Asker);

        await _scene.Get<FrontDesk>().HandleAsync(typed, Ct);
        await _scene.Get<FrontDesk>().HandleAsync(typed, Ct);

        (await RequestsAsync()).ShouldHaveSingleItem();
    }

    private async Task TakesUpAsync()
    {
        await _scene.Get<FrontDesk>().TakeUpAsync(Ct);
        await Task.WhenAll(_scene.Get<FrontDesk>().UnderWay).Patiently();
    }

    private async Task<string> SaysAsync(AccessIntent intent, Principal by)
    {
        var answer = await _scene.Get<AccessDesk>().AnswerAsync(intent, by, null, Ct);
        return answer.TryGet(out var card, out var refusal) ? CardText.Of(card) : refusal.Message;
    }

    private Delivery Typed(string text, Principal by) => new()
    {
        Key = $"typed-{++_deliveries}", Kind = DeliveryKind.SlashCommand, ReceivedAt = _scene.Clock.GetUtcNow(), Person = by.Id, Action = "/db", Text = text, Channel = "C1",
    };

    private async Task<IReadOnlyList<AccessRequest>> RequestsAsync() =>
        [.. (await _scene.Ledger.FindAsync<AccessRequest>(new Ledger.SnapshotQuery { Kind = "request" }, Ct)).Select(stored => stored.State)];
}
