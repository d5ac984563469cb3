using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>An archiver is known by what it reports over time. Whoever may still become a standby is none.</summary>
public sealed class ReceiverWatchTests
{
    private static readonly ServerId Orders = new("orders");
    private static readonly ServerNode Writer = new() { Host = "db-1.example", Port = 5432 };
    private static readonly DateTimeOffset Began = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(20);

    private readonly ShiftedClock _clock = new();
    private readonly ReceiverWatch _watch;

    public ReceiverWatchTests() => _watch = new ReceiverWatch(_clock, Known);

    [Theory]
    [InlineData("pg_receivewal")]
    [InlineData("barman_receive_wal")]
    [InlineData("walreceiver")]
    [InlineData("db-7")]
    public void Who_writes_and_never_replays_is_an_archiver_whatever_its_name(string name)
    {
        Judge(Says(1, written: 100, name: name)).ShouldBe(ReceiverKind.Undecided);
        _clock.Advance(Known);

        Judge(Says(2, written: 100, name: name)).ShouldBe(ReceiverKind.Archiver);
    }

    [Fact]
    public void It_is_not_known_before_its_time()
    {
        Judge(Says(1, written: 100));
        _clock.Advance(Known - TimeSpan.FromSeconds(1));

        Judge(Says(2, written: 100)).ShouldBe(ReceiverKind.Undecided);
    }

    [Fact]
    public void The_reply_that_was_seen_first_proves_nothing_later()
    {
        Judge(Says(1, written: 100));
        _clock.Advance(Known * 3);

        Judge(Says(1, written: 100)).ShouldBe(ReceiverKind.Undecided);
    }

    [Fact]
    public void A_standby_that_streams_up_to_its_checkpoint_is_no_archiver_however_long_it_takes()
    {
        Judge(Says(1, written: 10), endOfWal: 100).ShouldBe(ReceiverKind.Undecided);
        for (var look = 2; look < 9; look++)
        {
            _clock.Advance(Known);
            Judge(Says(look, written: look * 10), endOfWal: 100 + look).ShouldBe(ReceiverKind.Undecided);
        }

        Judge(Says(10, written: 100), endOfWal: 200).ShouldBe(ReceiverKind.Undecided);
        Judge(Says(11, written: 110, replays: true), endOfWal: 200).ShouldBe(ReceiverKind.Standby);
    }

    [Fact]
    public void The_time_counts_from_when_it_had_all_there_was()
    {
        Judge(Says(1, written: 10), endOfWal: 100);
        _clock.Advance(Known * 2);
        Judge(Says(2, written: 100), endOfWal: 300).ShouldBe(ReceiverKind.Undecided);
        _clock.Advance(Known - TimeSpan.FromSeconds(1));
        Judge(Says(3, written: 120), endOfWal: 400).ShouldBe(ReceiverKind.Undecided);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Judge(Says(4, written: 120), endOfWal: 400).ShouldBe(ReceiverKind.Archiver);
    }

    [Fact]
    public void Who_replayed_once_is_a_standby_for_good()
    {
        Judge(Says(1, written: 100, replays: true)).ShouldBe(ReceiverKind.Standby);
        _clock.Advance(Known);
        Judge(Says(2, written: 100));
        _clock.Advance(Known);

        Judge(Says(3, written: 100)).ShouldBe(ReceiverKind.Standby);
    }

    [Fact]
    public void Who_says_nothing_is_soon_a_standby()
    {
        Judge(Says(0, written: null)).ShouldBe(ReceiverKind.Undecided);
        _clock.Advance(Known);

        Judge(Says(0, written: null)).ShouldBe(ReceiverKind.Standby);
    }

    [Fact]
    public void Who_is_not_shown_to_us_is_a_standby() => Judge(Says(1, written: 100) with { Reply = null }).ShouldBe(ReceiverKind.Standby);

    [Fact]
    public void Who_connects_again_is_watched_anew()
    {
        var first = Says(1, written: 100);
        Judge(first);
        _clock.Advance(Known);
        Judge(Says(2, written: 100)).ShouldBe(ReceiverKind.Archiver);

        Judge(first with { Reply = new WalReply(7, Began.AddMinutes(1), 100, Replays: false, Began.AddMinutes(1)) }).ShouldBe(ReceiverKind.Undecided);
    }

    [Fact]
    public void Who_was_away_at_one_look_is_watched_anew()
    {
        Judge(Says(1, written: 100));
        _watch.Judge(Orders, [], 100).ShouldBeEmpty();
        _clock.Advance(Known);

        Judge(Says(2, written: 100)).ShouldBe(ReceiverKind.Undecided);
    }

    private ReceiverKind Judge(Follower follower, long endOfWal = 100) => _watch.Judge(Orders, [follower], endOfWal).ShouldHaveSingleItem().Kind;

    private static Follower Says(int reply, long? written, bool replays = false, string name = "pg_receivewal") => new(Writer, "10.0.0.9", name, Slot: null, "10.0.0.1", 5432)
    {
        Reply = new WalReply(7, Began, written, replays, written is null ? null : Began.AddSeconds(reply)),
    };
}
