using DbChatOps.Chat;
using DbChatOps.Ledger;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Contracts;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_delivery_is_accepted_once()
    {
        (await Inbox.AcceptAsync(Delivery("k"), Ct)).ShouldBeTrue();
        (await Inbox.AcceptAsync(Delivery("k"), Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task Of_64_redeliveries_at_once_one_is_accepted()
    {
        var accepted = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Inbox.AcceptAsync(Delivery("k"), Ct)));

        accepted.Count(isNew => isNew).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_not_decided_is_found_again_as_it_came()
    {
        var delivery = Delivery("k");
        await Inbox.AcceptAsync(delivery, Ct);

        var found = (await Inbox.UndecidedAsync(Ct)).ShouldHaveSingleItem();

        found.ResponseUrl.ShouldNotBeNull().Reveal().ShouldBe("https://hooks.example/secret");
        found.Answers.ShouldBe(delivery.Answers);
        (found with { ResponseUrl = null, Answers = delivery.Answers }).ShouldBe(delivery with { ResponseUrl = null });
    }

    [Fact]
    public async Task Undecided_deliveries_come_in_order_of_arrival()
    {
        await Inbox.AcceptAsync(Delivery("second", Noon.AddSeconds(1)), Ct);
        await Inbox.AcceptAsync(Delivery("first", Noon), Ct);

        (await Inbox.UndecidedAsync(Ct)).Select(delivery => delivery.Key).ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task The_oldest_of_one_kind_are_found_among_others()
    {
        await Inbox.AcceptAsync(Delivery("third", Noon.AddSeconds(2)), Ct);
        await Inbox.AcceptAsync(Delivery("second", Noon.AddSeconds(1)), Ct);
        await Inbox.AcceptAsync(Delivery("decided", Noon), Ct);
        await Inbox.AcceptAsync(Delivery("first", Noon), Ct);
        await Inbox.AcceptAsync(Delivery("other", Noon) with { Kind = DeliveryKind.SlashCommand }, Ct);
        await Inbox.ForgetAsync("decided", Ct);

        (await Inbox.UndecidedAsync(DeliveryKind.DialogSubmitted, 2, Ct)).Select(delivery => delivery.Key).ShouldBe(["first", "second"]);
        (await Inbox.UndecidedAsync(DeliveryKind.SlashCommand, 2, Ct)).Select(delivery => delivery.Key).ShouldBe(["other"]);
        (await Inbox.UndecidedAsync(DeliveryKind.CommandLine, 2, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_change_that_decides_a_delivery_deletes_it_and_its_key_is_remembered()
    {
        await Inbox.AcceptAsync(Delivery("k"), Ct);

        await Ledger.CommitAsync(Tickets.Open("a") with { DecidesDelivery = "k" }, Ct);

        (await Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
        (await Inbox.AcceptAsync(Delivery("k", Noon.AddHours(23)), Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_that_loses_leaves_its_delivery_undecided()
    {
        await Inbox.AcceptAsync(Delivery("k"), Ct);
        await Ledger.CommitAsync(Tickets.Open("a"), Ct);

        await Ledger.CommitAsync(Tickets.Open("a") with { DecidesDelivery = "k" }, Ct);

        (await Inbox.UndecidedAsync(Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_forgotten_delivery_is_deleted_and_its_key_is_remembered()
    {
        await Inbox.AcceptAsync(Delivery("k"), Ct);

        await Inbox.ForgetAsync("k", Ct);

        (await Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
        (await Inbox.AcceptAsync(Delivery("k"), Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_is_forgotten_after_24_hours_but_never_while_undecided()
    {
        await Inbox.AcceptAsync(Delivery("decided"), Ct);
        await Inbox.ForgetAsync("decided", Ct);
        await Inbox.AcceptAsync(Delivery("undecided"), Ct);

        (await Inbox.AcceptAsync(Delivery("decided", Noon.AddHours(24)), Ct)).ShouldBeTrue();
        (await Inbox.AcceptAsync(Delivery("undecided", Noon.AddHours(25)), Ct)).ShouldBeFalse();
    }

    private static Delivery Delivery(string key, DateTimeOffset? at = null) => new()
    {
        Key = key,
        Kind = DeliveryKind.DialogSubmitted,
        ReceivedAt = at ?? Noon,
        Person = new PersonId("slack", "T0ACME", "U1"),
        FromOutside = true,
        Text = "access orders-prod read 30m \"INC-42\" <&>",
        Action = "approve",
        Value = "r-7k2m9qx4",
        Channel = "C1",
        MessageId = "1710417600.000100",
        IsEphemeral = true,
        ViewId = "V1",
        Answers = new Dictionary<string, string>(StringComparer.Ordinal) { ["reason"] = "línea\n2", ["target"] = "orders-prod" },
        TriggerId = "t1",
        ResponseUrl = new Secret("https://hooks.example/secret"),
    };
}
