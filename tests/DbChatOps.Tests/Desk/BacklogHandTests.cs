using DbChatOps.Chat;
using DbChatOps.Host.Desk;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Desk;

/// <summary>Whatever is being decided, or was given up, is taken up by nobody else.</summary>
public sealed class BacklogHandTests : BacklogScene
{
    [Fact]
    public async Task What_is_in_somebodys_hand_is_not_taken_from_the_inbox()
    {
        var inHand = await AcceptedAsync();
        Leave(await AcceptedAsync());

        await DoneAsync(Backlog);

        Decided.ShouldBe([Key(2)]);
        (await Inbox.UndecidedAsync(Ct)).ShouldHaveSingleItem().Key.ShouldBe(inHand.Key);
    }

    [Fact]
    public async Task What_wasDecided_while_it_was_looked_for_is_notDecided_again()
    {
        var watched = new WatchedInbox(Inbox);
        var backlog = NewBacklog(watched);
        var inHand = Typed();
        await backlog.AcceptAsync(inHand, Ct);
        var left = Typed();
        await backlog.AcceptAsync(left, Ct);
        watched.AfterFirstLook = () => backlog.HoldAsync(inHand, DecideAsync(inHand));

        backlog.Leave(left, DecideAsync, Ct);
        await DoneAsync(backlog);

        Decided.ShouldBe([Key(1), Key(2)]);
        backlog.IsNeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task What_fails_is_closed_and_not_tried_in_a_loop()
    {
        var tries = 0;
        Backlog.Leave(await AcceptedAsync(), _ => Task.FromException<bool>(new InvalidOperationException($"broken {++tries}")), Ct);
        await DoneAsync(Backlog);
        Leave(await AcceptedAsync());
        await DoneAsync(Backlog);

        tries.ShouldBe(1);
        Decided.ShouldBe([Key(2)]);
        (await Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_given_up_is_closed_when_the_store_can_be_written_again_and_taken_up_by_nobody_meanwhile()
    {
        var watched = new WatchedInbox(Inbox) { FailsToForget = 2 };
        var backlog = NewBacklog(watched);
        var failed = Typed();
        await backlog.AcceptAsync(failed, Ct);
        var pauses = Clock.SomebodyWaits();
        backlog.GiveUp(failed.Key, Ct);
        await pauses.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        (await backlog.TakeOverAsync(_ => true, Ct)).ShouldBeEmpty();

        pauses = Clock.SomebodyWaits();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await pauses.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await DoneAsync(backlog);

        (await Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
        Decided.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_earlier_process_left_is_taken_over_once_and_not_out_of_anybodys_hand()
    {
        var earlier = Typed();
        await Inbox.AcceptAsync(earlier, Ct);
        var live = await AcceptedAsync();

        (await Backlog.TakeOverAsync(_ => true, Ct)).ShouldHaveSingleItem().Key.ShouldBe(earlier.Key);
        (await Backlog.TakeOverAsync(_ => true, Ct)).ShouldBeEmpty();
        Backlog.Resume(DecideAsync, Ct);
        await DoneAsync(Backlog);
        Decided.ShouldBeEmpty();

        await Backlog.HoldAsync(live, Task.FromResult(true));
        Backlog.Resume(DecideAsync, Ct);
        await DoneAsync(Backlog);
        Decided.ShouldBe([live.Key]);
    }

    [Fact]
    public async Task What_isDecided_while_it_is_taken_over_is_left_alone()
    {
        var watched = new WatchedInbox(Inbox);
        var backlog = NewBacklog(watched);
        var delivery = Typed();
        await Inbox.AcceptAsync(delivery, Ct);
        watched.AfterFirstLook = () => Inbox.ForgetAsync(delivery.Key, Ct);

        (await backlog.TakeOverAsync(_ => true, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redelivery_takes_nothing_out_of_the_first_ones_hand()
    {
        var first = await AcceptedAsync();

        (await Backlog.AcceptAsync(first, Ct)).ShouldBeFalse();
        Leave(await AcceptedAsync());
        await DoneAsync(Backlog);

        Decided.ShouldBe([Key(2)]);
    }
}
