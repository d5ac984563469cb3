using DbChatOps.Configurations;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Policies;
using DbChatOps.Tests.Configuration;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using DbChatOps.Playground.World;
using DbChatOps.Targets;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Operations;

/// <summary>A configuration is taken whole, recorded before it serves, or not at all.</summary>
public sealed class ReloadTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>, IDisposable
{
    private readonly SettingsFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_changed_is_recorded_and_announced()
    {
        await using var bot = await StartAsync(stage);
        using var source = await LoadAsync(bot);
        _folder.With("Policies[0].MaximumWindow", "\"4h\"");

        (await ReloadOf(bot, source).RunAsync(Ct)).Taken.ShouldBeTrue();
        await bot.SettlesAsync();

        source.Current.Policies.Policies[0].MaximumWindow.ShouldBe(TimeSpan.FromHours(4));
        bot.Sights.Read(Seed.Audit).ShouldContain("maximum window 2h → 4h");
        (await bot.Ledger.LoadAsync<ConfigurationRecord>("current", Ct))!.State.SectionHashes.ShouldBe(source.Current.SectionHashes);
        (await LastGood.ReadAsync(source.Current.Store.Path, Ct)).ShouldNotBeNull();
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task Who_joins_or_leaves_a_group_is_recorded_and_announced()
    {
        await using var bot = await StartAsync(stage);
        using var source = await LoadAsync(bot);
        _folder.With("Groups.dba", "[\"slack:T0:U2\", \"slack:T0:U9\"]");

        (await ReloadOf(bot, source).RunAsync(Ct)).Taken.ShouldBeTrue();
        await bot.SettlesAsync();

        const string Told = "group dba: people: + slack:T0:U9, − slack:T0:U3";
        bot.Sights.Read(Seed.Audit).Replace("\u2060", "", StringComparison.Ordinal).ShouldContain(Told);
        (await bot.RecordAsync()).ShouldContain(line => line.Contains("config.loaded", StringComparison.Ordinal) && line.Contains(Told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_needs_a_restart_is_refused_whole()
    {
        await using var bot = await StartAsync(stage);
        using var source = await LoadAsync(bot);
        _folder.With("Policies[0].MaximumWindow", "\"4h\"").With("Slack.SigningSecret", "\"another\"");

        var outcome = await ReloadOf(bot, source).RunAsync(Ct);

        outcome.Taken.ShouldBeFalse();
        outcome.Problems.ShouldHaveSingleItem().Path.ShouldBe("Slack.SigningSecret");
        outcome.Problems[0].ToString().ShouldNotContain("another");
        source.Current.Policies.Policies[0].MaximumWindow.ShouldBe(TimeSpan.FromHours(2));
        source.Problems.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_server_that_owes_a_grant_cannot_vanish()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var without = bot.Settings with { Targets = new TargetBook([], []) };

        (await OwedServers.RefuseAsync(without, bot.Ledger, Ct)).ShouldHaveSingleItem().Reason.ShouldContain("'orders' is gone, but 1 grant");
        (await OwedServers.RefuseAsync(bot.Settings, bot.Ledger, Ct)).ShouldBeEmpty();

        var server = bot.Settings.Targets.Servers[0];
        var source = new SecretSource.Literal("p");
        var lastGood = new LastGood { Servers = [server], InstanceKey = source, Minters = new Dictionary<ServerId, SecretSource> { [server.Id] = source } };
        var (kept, flags) = await OwedServers.KeepAsync(without, lastGood, bot.Ledger, Ct);
        kept.Targets.Server(server.Id).ShouldBe(server);
        kept.Targets.Targets.ShouldBeEmpty();
        flags.ShouldHaveSingleItem().ShouldContain("is kept until 1 grant");

        (await OwedServers.KeepAsync(without, null, bot.Ledger, Ct)).Flags.ShouldHaveSingleItem().ShouldContain("put it back");
    }

    [Fact]
    public async Task A_start_names_the_sections_that_changed_while_the_bot_was_away()
    {
        await using var bot = await StartAsync(stage);
        var decider = bot.Get<Decider>();
        await decider.DecideAsync(new NoteConfiguration(Hashes(("Policies", "a"), ("Teams", "t")), Seed.Audit.Id), Principal.Bot, null, Ct);
        await decider.DecideAsync(new NoteConfiguration(Hashes(("Policies", "b")), Seed.Audit.Id), Principal.Bot, null, Ct);

        await bot.SettlesAsync();

        var record = (await bot.Ledger.LoadAsync<ConfigurationRecord>("current", Ct))!.State;
        record.Recent.ShouldHaveSingleItem().Changes.ShouldBe(
            ["section Policies was changed while the bot was not running", "section Teams was removed while the bot was not running"]);
        bot.Sights.Read(Seed.Audit).ShouldContain("section Policies was changed");
        await bot.LedgerHoldsAsync();
    }

    private static Dictionary<string, string> Hashes(params (string Section, string Hash)[] hashes) =>
        hashes.ToDictionary(pair => pair.Section, pair => pair.Hash, StringComparer.Ordinal);

    private static Reload ReloadOf(BotUnderTest bot, SettingsSource source) => new(
        source, bot.Ledger, bot.Get<Decider>(), bot.Get<Surveys>(), bot.Get<Func<Rules>>(), NullLogger<Reload>.Instance);

    private async Task<SettingsSource> LoadAsync(BotUnderTest bot)
    {
        _folder.With("Store.ConnectionString", $"\"Data Source={bot.StorePath}\"");
        return new SettingsSource(_folder.Loader(), await _folder.LoadAsync());
    }
}
