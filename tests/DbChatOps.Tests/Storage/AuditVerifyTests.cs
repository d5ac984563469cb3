using Dapper;
using DbChatOps.Host.Commands;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Tests.Contracts;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Storage;

/// <summary>T-26: whatever somebody does to the file, the verifier names the first bad entry.</summary>
public sealed class AuditVerifyTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_untouched_ledger_holds_and_replays()
    {
        await GivenTicketsAsync();

        var (findings, text) = await VerifyAsync();

        findings.ShouldBe(0, text);
        text.ShouldContain("Chain holds: 6 entries");
        text.ShouldContain("Replayed 3 aggregates: 0 differ");
    }

    [Fact]
    public async Task An_empty_ledger_holds() => (await VerifyAsync()).Findings.ShouldBe(0);

    [Theory]
    [Trait("Trap", "T-26")]
    [InlineData("UPDATE ledger SET body = CAST('{}' AS BLOB) WHERE seq = 4", "entry 4: the body was altered")]
    [InlineData("UPDATE ledger SET salt = NULL, body = CAST('{}' AS BLOB) WHERE seq = 4", "entry 4: the body was altered")]
    [InlineData("UPDATE ledger SET salt = NULL, body = NULL WHERE seq = 4", "entry 4: the body is gone")]
    [InlineData("UPDATE ledger SET at = at + 1 WHERE seq = 4", "entry 4: the chain does not continue here")]
    [InlineData("UPDATE ledger SET kind = 'ticket.opened/1' WHERE seq = 4", "entry 4: the chain does not continue here")]
    [InlineData("UPDATE ledger SET subject = 'ticket:c' WHERE seq = 4", "entry 4: the chain does not continue here")]
    [InlineData("UPDATE ledger SET incident = '' WHERE seq = 4", "entry 4: the chain does not continue here")]
    [InlineData("UPDATE ledger SET hash = zeroblob(32) WHERE seq = 4", "entry 4: the chain does not continue here")]
    [InlineData("UPDATE ledger SET digest = zeroblob(32) WHERE seq = 4", "entry 4: the body was altered")]
    public async Task T26_an_altered_row_is_named(string attack, string expected) => await ShouldFindAsync(attack, expected);

    [Theory]
    [Trait("Trap", "T-26")]
    [InlineData("DELETE FROM ledger WHERE seq = 3", "expected entry 3, found 4")]
    [InlineData("DELETE FROM ledger WHERE seq = 1", "expected entry 1, found 2")]
    [InlineData("DELETE FROM ledger WHERE seq = 3; UPDATE ledger SET seq = seq - 1 WHERE seq > 3", "entry 3: the chain does not continue here")]
    public async Task T26_a_removed_row_is_named(string attack, string expected) => await ShouldFindAsync(attack, expected);

    [Fact]
    [Trait("Trap", "T-26")]
    public async Task T26_reordered_rows_are_named() => await ShouldFindAsync(
        "UPDATE ledger SET seq = 99 WHERE seq = 2; UPDATE ledger SET seq = 2 WHERE seq = 3; UPDATE ledger SET seq = 3 WHERE seq = 99",
        "entry 2: the chain does not continue here");

    [Fact]
    [Trait("Trap", "T-26")]
    public async Task T26_rows_cut_off_at_the_end_are_named() => await ShouldFindAsync("DELETE FROM ledger WHERE seq > 4", "entry 5 to 6: cut off at the end");

    [Fact]
    [Trait("Trap", "T-26")]
    public async Task T26_a_ledger_emptied_is_named() => await ShouldFindAsync("DELETE FROM ledger", "entry 1 to 6: cut off at the end");

    [Theory]
    [Trait("Trap", "T-26")]
    [InlineData("UPDATE chain SET hash = zeroblob(32)", "entry 6 is the last, but the stored head names 6 or another hash")]
    [InlineData("UPDATE chain SET seq = 5", "entry 6 is the last, but the stored head names 5 or another hash")]
    [InlineData("UPDATE chain SET seq = 7", "entry 7 to 7: cut off at the end")]
    [InlineData("DELETE FROM chain", "entry 6 is the last, but the stored head names 0 or another hash")]
    [InlineData("DELETE FROM ledger WHERE seq > 4; UPDATE chain SET seq = 4", "entry 4 is the last, but the stored head names 4 or another hash")]
    public async Task T26_a_stored_head_that_is_not_the_chains_end_is_named(string attack, string expected) => await ShouldFindAsync(attack, expected);

    [Theory]
    [InlineData("UPDATE snapshots SET body = CAST('{\"key\":\"a\",\"count\":7}' AS BLOB) WHERE key = 'a'", "ticket:a: the snapshot differs")]
    [InlineData("UPDATE snapshots SET exposed = 1 WHERE key = 'a'", "ticket:a: the columns by which it is found differ")]
    [InlineData("UPDATE snapshots SET version = version + 1 WHERE key = 'a'", "ticket:a: its version is 4, but its events are 3")]
    [InlineData("UPDATE snapshots SET version = 0 WHERE key = 'a'", "ticket:a: its version is 0, but its events are 3")]
    [InlineData("DELETE FROM snapshots WHERE key = 'b'", "ticket:b: the snapshot is missing")]
    [InlineData("UPDATE snapshots SET key = 'forged' WHERE key = 'b'", "ticket:forged: the snapshot is there, but no entry mentions it")]
    public async Task A_forged_snapshot_is_found_by_replaying(string attack, string expected)
    {
        await GivenTicketsAsync();
        Attack(attack);

        var (findings, text) = await VerifyAsync();

        findings.ShouldBeGreaterThan(0);
        text.ShouldContain("FINDING " + expected);
        text.ShouldContain("Chain holds");
    }

    [Fact]
    public async Task A_redaction_on_record_keeps_the_chain_and_is_counted()
    {
        await GivenTicketsAsync();
        await _store.Store.Ledger.CommitAsync(
            new Change { Entries = [new DraftEntry { At = Tickets.Noon, Kind = ChainWalk.RedactionKind, Subject = "entry:4", Body = "{}"u8.ToArray() }] }, Ct);
        Attack("UPDATE ledger SET salt = NULL, body = NULL WHERE seq = 4");

        var (findings, text) = await VerifyAsync();

        findings.ShouldBe(0, text);
        text.ShouldContain("7 entries, 1 redacted");
        text.ShouldContain("1 cannot be compared after a redaction");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task ShouldFindAsync(string attack, string expected)
    {
        await GivenTicketsAsync();
        Attack(attack);

        var (findings, text) = await VerifyAsync(replay: false);

        findings.ShouldBe(1);
        text.ShouldContain(expected);
        text.ShouldNotContain("Chain holds");
    }

    /// <summary>Six entries about three tickets.</summary>
    private async Task GivenTicketsAsync()
    {
        var ledger = _store.Store.Ledger;
        foreach (var key in new[] { "a", "b", "c" })
        {
            await ledger.CommitAsync(Tickets.Open(key), Ct);
        }

        foreach (var key in new[] { "a", "b", "a" })
        {
            await ledger.CommitAsync(Tickets.Count((await ledger.LoadAsync<Ticket>(key, Ct)).ShouldNotBeNull()), Ct);
        }
    }

    private void Attack(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_store.Path};Pooling=False");
        connection.Execute(sql);
    }

    private async Task<(int Findings, string Text)> VerifyAsync(bool replay = true)
    {
        await using var reader = SqliteLedgerReader.Open(_store.Path);
        await using var output = new StringWriter();
        var findings = await new AuditVerify(reader, new LedgerVocabulary(typeof(Ticket).Assembly), output).RunAsync(replay, Ct);
        return (findings, output.ToString());
    }
}
