using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

public sealed class PinServerTests
{
    private static readonly ServerRecord Pinned = Pin(null, Identity).Next;

    [Fact]
    public void The_first_sight_is_recorded_without_the_clocks_difference()
    {
        var pin = Pin(null, Identity with { ClockSkew = TimeSpan.FromSeconds(1) }).Next.Pin;

        pin.SystemIdentifier.ShouldBe(Identity.SystemIdentifier);
        pin.ClockSkew.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void The_same_sight_again_changes_nothing() => Pin(Pinned, Identity with { ClockSkew = TimeSpan.FromSeconds(1) }).Events.ShouldBeEmpty();

    [Fact]
    public void Another_cluster_is_refused() =>
        CodeOf(Decide(Pinned, Identity with { SystemIdentifier = "7300000000000000002" })).ShouldBe("wrong_server");

    [Fact]
    public void A_database_that_was_made_again_is_refused() =>
        CodeOf(Decide(Pinned, Identity with { Databases = new Dictionary<string, uint>(StringComparer.Ordinal) { ["orders"] = 16999 } })).ShouldBe("wrong_server");

    [Fact]
    public void A_further_database_is_added_and_the_known_ones_stay()
    {
        var pin = Pin(Pinned, Identity with { Databases = new Dictionary<string, uint>(StringComparer.Ordinal) { ["billing"] = 20000 } }).Next.Pin;

        pin.Databases.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)).ShouldBe([("billing", 20000u), ("orders", 16384u)]);
    }

    [Fact]
    public void A_failover_or_an_upgrade_is_noted()
    {
        Pin(Pinned, Identity with { Timeline = 2 }).Next.Pin.Timeline.ShouldBe(2);
        Pin(Pinned, Identity with { Version = "18.0" }).Events.ShouldHaveSingleItem().ShouldBeOfType<TimelineNoted>();
    }

    private static Decision<ServerRecord> Pin(ServerRecord? state, ServerIdentity seen) => Decide(state, seen).OrThrow();

    private static Result<Decision<ServerRecord>> Decide(ServerRecord? state, ServerIdentity seen) =>
        PinServer.Decide(state, new PinServer(PgProd.Id, seen), Facts(Principal.Bot));
}
