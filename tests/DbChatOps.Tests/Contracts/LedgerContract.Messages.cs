using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Contracts;

public abstract partial class LedgerContract
{
    private static readonly PostedCard Card = new()
    {
        CardKey = "request:1",
        Message = new MessageReference("C1", "1710417600.000100"),
        ShownDigest = "ab12",
        PostingSince = Noon,
    };

    [Fact]
    public async Task A_saved_card_is_found_by_its_key_and_by_its_message()
    {
        await Messages.SaveAsync(Card, Ct);

        (await Messages.FindAsync("request:1", Ct)).ShouldBe(Card);
        (await Messages.FindByMessageAsync(new MessageReference("C1", "1710417600.000100"), Ct)).ShouldBe(Card);
    }

    [Fact]
    public async Task A_card_whose_message_is_not_known_yet_keeps_since_when_it_was_being_posted()
    {
        var posting = new PostedCard { CardKey = "request:1", PostingSince = Noon };

        await Messages.SaveAsync(posting, Ct);

        (await Messages.FindAsync("request:1", Ct)).ShouldBe(posting);
        (await Messages.FindInPostingAsync(":1", Ct)).ShouldBe(posting);
        (await Messages.FindInPostingAsync(":2", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_card_that_was_posted_is_not_in_posting()
    {
        await Messages.SaveAsync(new PostedCard { CardKey = Card.CardKey, PostingSince = Noon }, Ct);

        await Messages.SaveAsync(Card, Ct);

        (await Messages.FindInPostingAsync(":1", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Saving_again_replaces_and_the_old_message_is_no_longer_ours()
    {
        await Messages.SaveAsync(Card, Ct);
        var moved = Card with { Message = new MessageReference("C1", "2"), PostingSince = null };

        await Messages.SaveAsync(moved, Ct);

        (await Messages.FindAsync("request:1", Ct)).ShouldBe(moved);
        (await Messages.FindByMessageAsync(Card.Message!, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_message_id_in_another_channel_is_another_message()
    {
        await Messages.SaveAsync(Card, Ct);

        (await Messages.FindByMessageAsync(Card.Message! with { Channel = "C2" }, Ct)).ShouldBeNull();
        (await Messages.FindAsync("request:2", Ct)).ShouldBeNull();
    }
}
