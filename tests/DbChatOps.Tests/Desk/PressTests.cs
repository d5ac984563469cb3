using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;
using DbChatOps.Tests.Chat;
using DbChatOps.Tests.Flow;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Desk;

/// <summary>Buttons and dialogs: which card, whose, and in which state.</summary>
public sealed class PressTests : IAsyncLifetime
{
    private const string Moved = "out of date";
    private readonly FlowScene _scene = new();
    private int _deliveries;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every button that is about a request or a grant, with who may press it.</summary>
    public static TheoryData<string> Buttons =>
    [
        RequestCards.ApproveAction, RequestCards.DenyAction, RequestCards.WithdrawAction, RequestCards.AgainAction,
        GrantCards.RevealAction, GrantCards.ReleaseAction, GrantCards.ExtendAction, GrantCards.RevokeAction,
    ];

    public async ValueTask InitializeAsync() => await _scene.HasServerAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Theory]
    [MemberData(nameof(Buttons))]
    public async Task A_button_counts_on_its_own_card_only(string action)
    {
        var (mine, other) = (Guid.CreateVersion7().ToString("N"), Guid.CreateVersion7().ToString("N"));
        await ShownAsync($"request:{mine}", "1.1");
        await ShownAsync($"request:{other}", "2.2");

        TextOf(await PressAsync(action, mine, Asker, message: "1.1")).ShouldNotContain(Moved);
        TextOf(await PressAsync(action, mine, Asker, message: "2.2")).ShouldContain(Moved, customMessage: "a card of something else");
        TextOf(await PressAsync(action, mine, Asker, message: "3.3")).ShouldContain(Moved, customMessage: "no card of ours");
        TextOf(await PressAsync(action, mine, Asker, message: "1.1", channel: "C0ELSEWHERE")).ShouldContain(Moved, customMessage: "another channel");
    }

    [Fact]
    public async Task A_private_answer_is_not_remembered_and_may_be_pressed()
    {
        await _scene.HasAsync(Pending());

        TextOf(await PressAsync(RequestCards.WithdrawAction, TheRequest.ToString(), Asker, message: "9.9", isEphemeral: true)).ShouldContain("withdrawn", Case.Insensitive);

        (await _scene.RequestAsync()).State.ShouldBe(RequestState.Withdrawn);
    }

    [Fact]
    public async Task A_card_that_is_being_posted_may_be_pressed()
    {
        await _scene.HasAsync(Pending());
        await _scene.Store.Messages.SaveAsync(new PostedCard { CardKey = $"request:{TheRequest}", PostingSince = _scene.Clock.GetUtcNow() }, Ct);

        TextOf(await PressAsync(RequestCards.WithdrawAction, TheRequest.ToString(), Asker, message: "1.1")).ShouldNotContain(Moved);
    }

    [Theory]
    [InlineData(RequestState.Denied)]
    [InlineData(RequestState.Lapsed)]
    [InlineData(RequestState.Voided)]
    public async Task Only_the_requester_asks_again(RequestState state)
    {
        await _scene.HasAsync(Request(state));

        (await PressAsync(RequestCards.AgainAction, TheRequest.ToString(), Asker)).ShouldBeOfType<Acknowledgement.ShowDialog>();
        TextOf(await PressAsync(RequestCards.AgainAction, TheRequest.ToString(), Approver)).ShouldContain("no such request of yours");
        TextOf(await PressAsync(RequestCards.AgainAction, Guid.NewGuid().ToString("N"), Asker)).ShouldContain("no such request of yours");
    }

    /// <summary>A choice can be forged: the dialog's value is judged at the submission as at the press.</summary>
    [Fact]
    public async Task Nobody_asks_again_for_somebody_else_by_a_forged_dialog()
    {
        await _scene.HasAsync(Request(RequestState.Denied));
        Dictionary<string, string> answers = new(StringComparer.Ordinal) { ["window"] = "30m", ["reason"] = "checking INC-43" };

        TextOf(await SubmitAsync(AccessDialogs.AgainAction, TheRequest.ToString(), Approver, answers)).ShouldContain("no such request of yours");
        (await RequestsAsync()).ShouldHaveSingleItem();

        TextOf(await SubmitAsync(AccessDialogs.AgainAction, TheRequest.ToString(), Asker, answers)).ShouldNotContain("no such request");
        var again = (await RequestsAsync()).Single(request => request.State == RequestState.Pending);
        (again.Target, again.Level, again.Window, again.Reason).ShouldBe((OrdersProd.Id, AccessLevel.Read, TimeSpan.FromMinutes(30), "checking INC-43"));
    }

    [Theory]
    [InlineData(RequestCards.ApproveAction)]
    [InlineData(RequestCards.DenyAction)]
    public async Task The_requester_is_refused_at_the_press_and_it_is_on_record(string action)
    {
        await _scene.HasAsync(Pending());

        TextOf(await PressAsync(action, TheRequest.ToString(), Asker)).ShouldContain("your own request");

        (await RefusalsAsync()).ShouldBe(["self_approval"]);
    }

    [Theory]
    [InlineData(RequestCards.ApproveAction, AccessDialogs.ApproveAction)]
    [InlineData(RequestCards.DenyAction, AccessDialogs.DenyAction)]
    public async Task A_reviewers_press_opens_the_dialog_of_that_verdict(string action, string dialog)
    {
        await _scene.HasAsync(Pending());

        (await PressAsync(action, TheRequest.ToString(), Approver)).ShouldBeOfType<Acknowledgement.ShowDialog>().Dialog.Action.ShouldBe(dialog);

        await _scene.HasAsync(Request(RequestState.Withdrawn));
        (await PressAsync(action, TheRequest.ToString(), Approver)).ShouldBeOfType<Acknowledgement.Reply>();
    }

    [Theory]
    [InlineData(GrantState.Active, true)]
    [InlineData(GrantState.Ready, false)]
    [InlineData(GrantState.Revoking, false)]
    [InlineData(GrantState.Revoked, false)]
    public async Task Only_running_access_can_be_extended_and_only_by_its_holder(GrantState state, bool opens)
    {
        await _scene.HasAsync(Grant(state));

        (await PressAsync(GrantCards.ExtendAction, TheGrant.ToString(), Asker) is Acknowledgement.ShowDialog).ShouldBe(opens);
        (await PressAsync(GrantCards.ExtendAction, TheGrant.ToString(), Approver)).ShouldBeOfType<Acknowledgement.Reply>();
    }

    [Theory]
    [InlineData(GrantState.Revoking)]
    [InlineData(GrantState.Revoked)]
    public async Task Ended_access_opens_no_credentials(GrantState state)
    {
        await _scene.HasAsync(Grant(state));

        (await PressAsync(GrantCards.RevealAction, TheGrant.ToString(), Asker)).ShouldBeOfType<Acknowledgement.Reply>();

        _scene.Chat.Dialogs.ShouldBeEmpty();
    }

    [Fact]
    public async Task Credentials_are_opened_for_their_holder_alone_and_once_at_a_time()
    {
        await _scene.HasAsync(Approved(), Ready());

        (await PressAsync(GrantCards.RevealAction, TheGrant.ToString(), Approver)).ShouldBeOfType<Acknowledgement.Reply>();
        _scene.Chat.Dialogs.ShouldBeEmpty();

        (await PressAsync(GrantCards.RevealAction, TheGrant.ToString(), Asker)).ShouldBeOfType<Acknowledgement.Nothing>();
        (await _scene.GrantAsync()).Revealing.ShouldNotBeNull().View.ShouldBe("V1");
        TextOf(await PressAsync(GrantCards.RevealAction, TheGrant.ToString(), Asker)).ShouldContain("just being made");
        _scene.Chat.Dialogs.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("U1", true)]
    [InlineData("U2", true)]
    [InlineData("U4", true)]
    [InlineData("U3", false)]
    public async Task The_holder_the_approvers_and_the_cut_off_groups_may_revoke(string user, bool may)
    {
        await _scene.HasAsync(Approved(), Active());
        var actor = new[] { Asker, Approver, OnCall, Business }.Single(person => person.Id.User == user);

        (await PressAsync(GrantCards.RevokeAction, TheRequest.ToString(), actor) is Acknowledgement.ShowDialog).ShouldBe(may);
        await SubmitAsync(AccessDialogs.RevokeAction, TheGrant.ToString(), actor, new Dictionary<string, string>(StringComparer.Ordinal) { ["reason"] = "suspicious" });
        (await _scene.GrantAsync()).State.ShouldBe(may ? GrantState.Revoking : GrantState.Active);
    }

    [Fact]
    public async Task Only_the_cut_off_groups_cut_somebody_off_and_others_are_on_record()
    {
        await _scene.HasAsync(Approved(), Active());
        var order = new CutOffOrder(Asker.Id, "left the company");
        Dictionary<string, string> answers = new(StringComparer.Ordinal) { ["reason"] = order.Reason };

        TextOf(await PressAsync(GrantCards.CutOffAction, order.ToValue(), Approver)).ShouldContain("cut-off groups");
        TextOf(await SubmitAsync(AccessDialogs.CutOffAction, Asker.Id.ToString(), Approver, answers)).ShouldContain("cut-off groups");
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Active);
        (await RefusalsAsync()).ShouldBe(["not_security", "not_security"]);

        (await PressAsync(GrantCards.CutOffAction, order.ToValue(), Business)).ShouldBeOfType<Acknowledgement.ShowDialog>();
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Active, "the dialog only asks");
        Dictionary<string, string> blank = new(StringComparer.Ordinal) { ["reason"] = " " };
        (await SubmitAsync(AccessDialogs.CutOffAction, Asker.Id.ToString(), Business, blank)).ShouldBeOfType<Acknowledgement.FieldErrors>().Errors.Keys.ShouldBe(["reason"]);
        await SubmitAsync(AccessDialogs.CutOffAction, Asker.Id.ToString(), Business, answers);
        (await _scene.GrantAsync()).State.ShouldBe(GrantState.Revoking);
    }

    [Fact]
    public async Task A_verdict_is_bound_to_what_the_dialog_showed()
    {
        var request = Pending();
        await _scene.HasAsync(request);
        Dictionary<string, string> answers = new(StringComparer.Ordinal) { ["target"] = "orders-prod", ["comment"] = "fine" };
        var bound = AccessDialogs.Approve(request, new ReviewBackground { Earlier = [], AlsoReaches = [], Owed = [] }).Value;

        await SubmitAsync(AccessDialogs.ApproveAction, bound[..^1] + (bound[^1] == '0' ? '1' : '0'), Approver, answers);
        (await _scene.RequestAsync()).State.ShouldBe(RequestState.Pending);

        await SubmitAsync(AccessDialogs.ApproveAction, bound, Approver, answers);
        var approved = await _scene.RequestAsync();
        (approved.State, approved.Reviews.ShouldHaveSingleItem().Comment).ShouldBe((RequestState.Approved, "fine"));
    }

    [Fact]
    public async Task A_denial_is_a_denial()
    {
        await _scene.HasAsync(Pending());
        var bound = AccessDialogs.Deny(Pending()).Value;

        await SubmitAsync(AccessDialogs.DenyAction, bound, Approver, new Dictionary<string, string>(StringComparer.Ordinal) { ["comment"] = "not today" });

        var request = await _scene.RequestAsync();
        (request.State, request.Outcome).ShouldBe((RequestState.Denied, "not today"));
    }

    private async Task ShownAsync(string key, string message) =>
        await _scene.Store.Messages.SaveAsync(new PostedCard { CardKey = key, Message = new MessageReference("C0APPROVALS", message) }, Ct);

    /// <summary>Without a message: as on somebody's own page.</summary>
    private Task<Acknowledgement> PressAsync(string action, string value, Principal by, string? message = null, string channel = "C0APPROVALS", bool isEphemeral = false)
    {
        var press = Delivered(DeliveryKind.ButtonPressed, action, value, by) with
        {
            Channel = message is null ? null : channel, MessageId = message, IsEphemeral = isEphemeral, TriggerId = "trigger",
        };
        return _scene.Get<PressDesk>().PressAsync(press, by, press.Key, Ct);
    }

    private Task<Acknowledgement> SubmitAsync(string action, string value, Principal by, Dictionary<string, string> answers) =>
        _scene.Get<SubmissionDesk>().SubmitAsync(Delivered(DeliveryKind.DialogSubmitted, action, value, by) with { Answers = answers, ViewId = "V1" }, by, Ct);

    private Delivery Delivered(DeliveryKind kind, string action, string value, Principal by) => new()
    {
        Key = $"key-{++_deliveries}", Kind = kind, ReceivedAt = _scene.Clock.GetUtcNow(), Person = by.Id, Action = action, Value = value,
    };

    private async Task<IReadOnlyList<AccessRequest>> RequestsAsync() =>
        [.. (await _scene.Ledger.FindAsync<AccessRequest>(new Ledger.SnapshotQuery { Kind = "request" }, Ct)).Select(stored => stored.State)];

    private Task<IReadOnlyList<string>> RefusalsAsync() => _scene.RefusalsAsync();

    private static string TextOf(Acknowledgement answer) => answer switch
    {
        Acknowledgement.Reply reply => CardText.Of(reply.Card),
        Acknowledgement.ShowDialog show => CardText.Of(show.Dialog),
        Acknowledgement.FieldErrors errors => string.Join('\n', errors.Errors.Values),
        _ => "",
    };
}
