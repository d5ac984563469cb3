using DbChatOps.Ledger;
using DbChatOps.Tests.Contracts;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Storage;

public sealed class CrashingTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dying_before_a_call_means_it_did_not_happen()
    {
        var ledger = Crashing.Wrap(_store.Store.Ledger, new CrashPlan { Before = 2 });
        await ledger.CommitAsync(Tickets.Open("a"), Ct);

        await Should.ThrowAsync<CrashException>(() => ledger.CommitAsync(Tickets.Open("b"), Ct));

        (await _store.Store.Ledger.LoadAsync<Ticket>("a", Ct)).ShouldNotBeNull();
        (await _store.Store.Ledger.LoadAsync<Ticket>("b", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Dying_after_a_call_means_it_happened_and_nobody_was_told()
    {
        var ledger = Crashing.Wrap(_store.Store.Ledger, new CrashPlan { After = 1 });

        await Should.ThrowAsync<CrashException>(() => ledger.CommitAsync(Tickets.Open("a"), Ct));

        (await _store.Store.Ledger.LoadAsync<Ticket>("a", Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_dead_make_no_further_calls_on_any_port()
    {
        var plan = new CrashPlan { Before = 1, Counts = call => call == "ILedger.CommitAsync" };
        var (ledger, agenda) = (Crashing.Wrap(_store.Store.Ledger, plan), Crashing.Wrap(_store.Store.Agenda, plan));
        await agenda.NextDueAsync(Ct);
        await Should.ThrowAsync<CrashException>(() => ledger.CommitAsync(Tickets.Open("a"), Ct));

        await Should.ThrowAsync<CrashException>(() => agenda.VoidClaimsAsync(Ct));

        plan.Calls.ShouldBe(["ILedger.CommitAsync"]);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
