using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Who streams is known by where the listed standbys say they stream from, and only then by looks.</summary>
public sealed class FollowerTests
{
    private static readonly ServerNode Writer = new() { Host = "db-1.example", Port = 5432 };

    [Theory]
    [InlineData("db-1.example", 5432, null, "walreceiver", "10.9.9.9", true)]
    [InlineData("10.0.0.1", 5432, null, "walreceiver", "10.9.9.9", true)]
    [InlineData("10.0.0.1", 5433, null, "walreceiver", "10.0.0.2", false)]
    [InlineData("db-1", 5432, null, "walreceiver", "10.0.0.2", true)]
    [InlineData("db-1", 5432, null, "walreceiver", "10.9.9.9", false)]
    [InlineData("db-1", 5432, null, "second", "10.9.9.9", true)]
    [InlineData("db-1", 5432, "of_another", "second", "10.0.0.2", false)]
    [InlineData(null, null, null, null, "10.0.0.2", true)]
    public void A_follower_is_a_listed_standby_or_it_is_not(string? host, int? port, string? slot, string? application, string address, bool listed)
    {
        var follower = Streams("10.0.0.2", application ?? "walreceiver");

        Follower.Unaccounted([follower], [new StreamingStandby("db-2", address, new Upstream(host, port, slot, application))]).Count.ShouldBe(listed ? 0 : 1);
    }

    [Fact]
    public void The_slot_tells_standbys_apart_that_look_alike()
    {
        var followers = new[] { Streams("10.0.0.2", "walreceiver", "two"), Streams("10.0.0.2", "walreceiver", "three") };

        Follower.Unaccounted(followers, [new StreamingStandby("db-3", "10.0.0.2", new Upstream("pooler", 5432, "three", "walreceiver"))])
            .ShouldHaveSingleItem().Slot.ShouldBe("two");
    }

    [Fact]
    public void Of_two_followers_the_one_that_looks_like_the_listed_standby_is_accounted_for()
    {
        var followers = new[] { Streams("10.0.0.9", "walreceiver"), Streams("10.0.0.2", "walreceiver") };

        Follower.Unaccounted(followers, [new StreamingStandby("db-2", "10.0.0.2", new Upstream("db-1.example", 5432, Slot: null, "walreceiver"))])
            .ShouldHaveSingleItem().Address.ShouldBe("10.0.0.9");
    }

    [Theory]
    [InlineData("walreceiver", "pg_basebackup")]
    [InlineData("pg_basebackup", "walreceiver")]
    public void Of_two_that_fit_alike_the_one_with_another_name_is_told(string first, string second)
    {
        var followers = new[] { Streams("10.0.0.2", first), Streams("10.0.0.2", second) };

        Follower.Unaccounted(followers, [new StreamingStandby("db-2", "10.0.0.2", new Upstream("db-1.example", 5432, Slot: null, "walreceiver"))])
            .ShouldHaveSingleItem().Application.ShouldBe("pg_basebackup");
    }

    [Fact]
    public void Who_does_not_replay_is_not_taken_for_a_listed_standby_that_does()
    {
        var followers = new[]
        {
            Streams("10.0.0.2", "walreceiver") with { Reply = new WalReply(1, DateTimeOffset.UnixEpoch, 100, Replays: false, DateTimeOffset.UnixEpoch) },
            Streams("10.0.0.9", "walreceiver") with { Reply = new WalReply(2, DateTimeOffset.UnixEpoch, 100, Replays: true, DateTimeOffset.UnixEpoch) },
        };

        Follower.Unaccounted(followers, [new StreamingStandby("db-2", "10.0.0.2", new Upstream("db-1.example", 5432, Slot: null, "walreceiver"))])
            .ShouldHaveSingleItem().Address.ShouldBe("10.0.0.2");
    }

    private static Follower Streams(string address, string application, string? slot = null) => new(Writer, address, application, slot, "10.0.0.1", 5432);
}
