using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Architecture;

/// <summary>Old ledgers are read for ever: a kind is added at the end of this list and never taken off or renamed.</summary>
public sealed class EventKindsTests
{
    private static readonly string[] Known =
    [
        "alert.raised/1",
        "alert.resolved/1",
        "config.loaded/1",
        "grant.ending/1",
        "grant.extended/1",
        "grant.extension_applied/1",
        "grant.extension_refused/1",
        "grant.holder_warned/1",
        "grant.opened/1",
        "grant.overdue/1",
        "grant.provisioned/1",
        "grant.reveal_failed/1",
        "grant.reveal_requested/1",
        "grant.revealed/1",
        "grant.revocation_progressed/1",
        "grant.revoked/1",
        "grant.sessions_seen/1",
        "reconcile.ran/1",
        "refused/1",
        "request.approved/1",
        "request.asked/1",
        "request.denied/1",
        "request.escalated/1",
        "request.grant_refused/1",
        "request.lapsed/1",
        "request.reviewed/1",
        "request.withdrawn/1",
        "server.pinned/1",
        "server.timeline_noted/1",
        "spool.ended/1",
        "request.voided/1",
        "server.checked/1",
        "server.store_restored/1",
        "server.restore_confirmed/1",
        "grant.reveal_found/1",
        "grant.shortened/1",
        "grant.stopped_no_longer/1",
        "grant.found_again/1",
    ];

    [Fact]
    public void No_kind_is_ever_lost() => Known.Except(EventKinds.All.Keys, StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void Every_kind_is_on_the_list() => EventKinds.All.Keys.Except(Known, StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void Kinds_are_versioned() => EventKinds.All.Keys.ShouldAllBe(kind => SourceTree.Rule("^([a-z]+\\.)?[a-z_]+/[1-9][0-9]*$").IsMatch(kind));

    [Fact]
    public void What_changes_an_aggregate_carries_its_name()
    {
        string[] aggregates = ["request", "grant", "server", "config", "alert"];

        EventKinds.All.Where(pair => !pair.Value.IsAssignableTo(typeof(IRemark))).ShouldAllBe(pair => aggregates.Contains(pair.Key.Split('.')[0], StringComparer.Ordinal));
    }
}
