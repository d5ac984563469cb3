using DbChatOps.Access;
using DbChatOps.Tests.Access;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Commands;

/// <summary>The real program, from outside.</summary>
public sealed class ServedBotTests(ServedBot night) : IClassFixture<ServedBot>
{
    private static readonly Grant Over = AccessGiven.Revoked();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_log_says_which_release_reads_listens_is_ready_and_stops()
    {
        string[] lines = ["Configuration read: 3 targets on 2 servers", "\"Version\":\"0.1.0", $"\"Addresses\":\"{night.Url}\"", "Ready: requests are taken", "Stopping; ", "Stopped in order"];

        lines.Select(line => night.Log.IndexOf(line, StringComparison.Ordinal)).ShouldBeInOrder(SortDirection.Ascending, night.Log);
        lines.ShouldAllBe(line => night.Log.Contains(line, StringComparison.Ordinal), night.Log);
    }

    [Fact]
    public void SIGTERM_is_a_good_end() => (night.Ended, night.EndedWhenBroken).ShouldBe((0, 0));

    [Fact]
    public void Nobody_else_can_read_the_store()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");

        night.Modes.Keys.ShouldBe(["ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db.lock", "ledger.db.lock.holder", "ledger.db.last-good.json", "ledger.db.reserve"], ignoreOrder: true);
        night.Modes.Where(file => file.Value != (UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBeEmpty();
    }

    [Fact]
    public void A_taken_port_is_said_in_one_sentence()
    {
        night.Second.ExitCode.ShouldBe(2);
        night.Second.Errors.Trim().ShouldBe($"Cannot listen on {night.Url}: the address is in use (--urls chooses another).");
        night.Second.Output.ShouldNotContain("AddressInUseException");
    }

    [Fact]
    public void A_broken_file_in_the_working_directory_leaves_it_ending_access()
    {
        night.HealthWhenBroken.ShouldStartWith("degraded\nending-only: the configuration is invalid");
        night.HealthWhenBroken.ShouldContain("a comma or a closing bracket is missing before this");
    }

    [Theory]
    [InlineData(0, "Nobody has access.", "grants")]
    [InlineData(0, "There is no open grant for server pg-prod.", "revoke", "--server", "pg-prod", "--reason", "x")]
    [InlineData(1, "2 difference(s).", "reconcile", "--dry-run")]
    [InlineData(1, "FINDING", "audit", "verify", "--replay")]
    public async Task While_the_configuration_is_broken_access_can_be_seen_and_ended(int exitCode, string output, params string[] words)
    {
        var run = await HostProgram.RunAsync(night.Folder, words, Ct);

        run.ExitCode.ShouldBe(exitCode, run.Errors);
        run.Output.ShouldContain(output);
        run.Errors.ShouldStartWith("WARNING  The configuration is invalid; this works with the servers of the last good one:");
    }

    [Theory]
    [InlineData("There is no server 'pg-prodd' in the configuration; did you mean pg-prod?", "revoke", "--server", "pg-prodd", "--reason", "x")]
    [InlineData("There is no server 'pg-prodd' in the configuration; did you mean pg-prod?", "check", "--server", "pg-prodd")]
    [InlineData("Neither the ledger nor the configuration knows the account slack:T0:U0NOBODY.", "revoke", "--person", "slack:T0:U0NOBODY", "--reason", "x")]
    [InlineData("'anna' is neither a name from People nor an account such as slack:T0ACME:U123; did you mean ana?", "revoke", "--person", "anna", "--reason", "x")]
    [InlineData("There is no grant g-00000000 in the ledger; `grants --all` lists them.", "revoke", "g-00000000", "--reason", "x")]
    [InlineData("Name one grant, or --person, or --server: exactly one of them.", "revoke", "--reason", "x")]
    [InlineData("The ledger has no 'g-00000000'", "audit", "export", "--subject", "g-00000000")]
    public async Task A_name_that_nobody_knows_is_no_reason_to_be_calm(string expected, params string[] words)
    {
        var run = await HostProgram.RunAsync(night.Folder, [.. words, "-c", "good.json"], Ct);

        run.ExitCode.ShouldBe(2);
        run.Errors.ShouldStartWith(expected);
        run.Output.Trim().ShouldBe("");
    }

    [Fact]
    public async Task A_person_can_be_named_as_in_the_configuration()
    {
        var run = await HostProgram.RunAsync(night.Folder, ["revoke", "--person", "ana", "--reason", "x", "-c", "good.json"], Ct);

        (run.ExitCode, run.Output.Trim()).ShouldBe((0, "There is no open grant for person slack:T0:U1."));
    }

    [Fact]
    public async Task What_is_gone_already_is_told_with_its_proof_by_grant_and_by_login()
    {
        foreach (var name in new[] { Over.Id.Handle, Over.Login })
        {
            var run = await HostProgram.RunAsync(night.Folder, ["revoke", name, "--reason", "x", "-c", "good.json"], Ct);

            run.ExitCode.ShouldBe(0, run.Errors);
            run.Output.Trim().ShouldBe($"{Over.Id.Handle} was proven gone 2026-11-22 12:20:02 UTC (released by its holder)");
        }
    }

    [Fact]
    public async Task An_export_is_found_by_the_short_name()
    {
        var run = await HostProgram.RunAsync(night.Folder, ["audit", "export", "--subject", Over.Id.Handle, "--kind", "grant.opened", "-c", "good.json"], Ct);

        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain($"\"subject\":\"{Over.Subject}\"");
    }

    [Fact]
    public async Task An_export_that_cannot_be_written_is_not_a_success()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has /dev/full.");

        (await HostProgram.RunShellAsync(night.Folder, "audit export -c good.json > /dev/full", Ct)).ShouldSatisfyAllConditions(
            run => run.ExitCode.ShouldBe(2),
            run => run.Errors.ShouldStartWith("The export is not whole, standard output cannot be written:"),
            run => run.Errors.Trim().Split('\n').Length.ShouldBe(1));
    }

    [Fact]
    public async Task A_check_makes_nothing_and_says_what_is_missing_of_the_store()
    {
        var folder = Directory.CreateDirectory(Path.Combine(night.Folder, "checked")).FullName;
        var good = await File.ReadAllTextAsync(night.Good, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "a.json"), good.Replace("/store/", "/checked/", StringComparison.Ordinal), Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "b.json"), good.Replace("/store/", "/nowhere/", StringComparison.Ordinal), Ct);

        var fresh = await HostProgram.RunAsync(folder, ["check", "-c", "a.json"], Ct);
        var lost = await HostProgram.RunAsync(folder, ["check", "-c", "b.json"], Ct);

        fresh.Output.ShouldContain("NOTE     store: ");
        fresh.Output.ShouldContain("is not there yet; the first start makes it");
        lost.Output.ShouldContain("ERROR    store: the folder");
        Directory.EnumerateFiles(folder).Select(Path.GetFileName).ShouldBe(["a.json", "b.json"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_set_up_script_is_printed_before_any_secret_is_in_place()
    {
        var bare = (await File.ReadAllTextAsync(night.Good, Ct)).Replace("\"canary-prod\"", "{ \"File\": \"/nowhere/password\" }", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(night.Folder, "bare.json"), bare, Ct);

        var run = await HostProgram.RunAsync(night.Folder, ["check", "--print-setup", "--server", "pg-prod", "-c", "bare.json"], Ct);

        run.ExitCode.ShouldBe(0, run.Errors);
        run.Output.ShouldContain("dbchatops_orders_prod_read");
    }
}
