using DbChatOps.Host.Configuration;
using DbChatOps.Targets;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

public sealed class SettingsDiffTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Policies[0].Rule.Seats", "[{ \"Name\": \"tech\", \"Groups\": [\"dba\"] }]", "policy prod-read: seats 2 → 1")]
    [InlineData("Policies[0].Rule.Seats", "[{ \"Name\": \"tech\", \"Groups\": [\"dba\"] }]", "policy prod-read: seats: − business")]
    [InlineData("Policies[0].Rule.Seats[1].Groups", "[\"business\", \"dba\"]", "policy prod-read: seat business: + dba")]
    [InlineData("Policies[0].MaximumWindow", "\"8h\"", "policy prod-read: maximum window 2h → 8h")]
    [InlineData("Policies[0].Covers.Levels", "[\"read\", \"write\"]", "policy prod-read: levels Read → Read, Write")]
    [InlineData("Policies[0].Covers.Tags", "[]", "policy prod-read: tags any → none")]
    [InlineData("Policies[0].Rule.OneDenialIsFinal", "false", "policy prod-read: one denial is final True → False")]
    [InlineData("Policies[0].Name", "\"other\"", "policy other: added")]
    [InlineData("Policies[0].Name", "\"other\"", "policy prod-read: removed")]
    [InlineData("Groups.dba", "[\"slack:T0:U2\", \"slack:T0:U3\", \"slack:T0:U9\"]", "group dba: people: + slack:T0:U9")]
    [InlineData("Groups.dba", "{ \"People\": [\"slack:T0:U2\", \"slack:T0:U3\"], \"ChatGroup\": \"S1\" }", "group dba: chat group none → S1")]
    [InlineData("People", "[{ \"Name\": \"ana\", \"Identities\": [\"slack:T0:U1\"] }]", "person ana: added")]
    [InlineData("Servers[0].Nodes[0].Port", "5555", "server pg-prod: nodes: + localhost:5555 Writer (trust system), − localhost:5432 Writer (trust system)")]
    [InlineData("Servers[0].Nodes[1].Delay", "\"1h\"", "server pg-prod: nodes: + localhost:5433 Standby (trust system, delay 1h), − localhost:5433 Standby (trust system)")]
    [InlineData("Servers[0].Databases[0].Name", "\"orders2\"", "target orders-prod: database orders → orders2")]
    [InlineData("Servers[1].Databases", "[\"orders\"]", "target billing-eu-stage: removed")]
    [InlineData("Servers[1].Levels.read", "{ \"Allow\": [{ \"Role\": \"pg_monitor\", \"Reason\": \"dashboards\" }] }", "target orders-stage: levels: + read as dbchatops_orders_stage_read (owner none, statement 5m, lock 5s, idle 1m, 5 connections, read-only, allows Role pg_monitor: dashboards), − read as dbchatops_orders_stage_read (owner none, statement 5m, lock 5s, idle 1m, 5 connections, read-only)")]
    [InlineData("Security.StrippedStopsGrantsFor", "\"1h\"", "security: a stripped login stops new grants for 10m → 1h")]
    [InlineData("Slack.AuditChannel", "\"C0AUDIT\"", "section Slack changed")]
    public async Task A_change_is_told_in_words(string path, string json, string expected)
    {
        var before = await _folder.LoadAsync();
        var after = await _folder.With(path, json).LoadAsync();

        SettingsDiff.Describe(before, after).ShouldContain(line => line == expected, string.Join('\n', SettingsDiff.Describe(before, after)));
    }

    [Fact]
    public async Task Every_part_of_a_level_is_told()
    {
        var before = await _folder.LoadAsync();
        var target = before.Targets.Targets[0];
        var level = target.Levels[AccessLevel.Read];
        LevelSettings[] variants =
        [
            level with { StandingRole = "other" }, level with { OwnerRole = "owner" }, level with { StatementTimeout = TimeSpan.FromHours(1) },
            level with { LockTimeout = TimeSpan.FromMinutes(1) }, level with { IdleInTransactionTimeout = TimeSpan.FromMinutes(9) },
            level with { ConnectionLimit = 99 }, level with { ReadOnlyByDefault = !level.ReadOnlyByDefault },
            level with { Allow = [new AllowedPower(PowerKind.Role, "a", "b")] }, level with { Allow = [new AllowedPower(PowerKind.Tablespace, "a", "b")] },
            level with { Allow = [new AllowedPower(PowerKind.Role, "c", "b")] }, level with { Allow = [new AllowedPower(PowerKind.Role, "a", "d")] },
        ];

        var told = variants.Select(variant => string.Concat(SettingsDiff.Describe(before, before with
        {
            Targets = new TargetBook(before.Targets.Servers, [target with { Levels = new Dictionary<AccessLevel, LevelSettings> { [AccessLevel.Read] = variant, [AccessLevel.Write] = target.Levels[AccessLevel.Write] } }, .. before.Targets.Targets.Skip(1)]),
        })));

        told.Where(static lines => lines.Length > 0).Distinct(StringComparer.Ordinal).Count().ShouldBe(variants.Length);
    }

    /// <summary>A property that is added to a level must be told as well: count them.</summary>
    [Theory]
    [InlineData(typeof(LevelSettings), 8)]
    [InlineData(typeof(AllowedPower), 3)]
    public void No_property_was_forgotten(Type type, int properties) =>
        type.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance).Length.ShouldBe(properties);

    [Fact]
    public async Task Nothing_changed_is_told_as_nothing() =>
        SettingsDiff.Describe(await _folder.LoadAsync(), await _folder.LoadAsync()).ShouldBeEmpty();

    [Fact]
    public async Task A_section_hash_changes_with_its_content_and_with_nothing_else()
    {
        var before = await _folder.LoadAsync();
        var after = await _folder.With("Policies[0].RequiresTicket", "true").LoadAsync();

        after.SectionHashes.Where(section => before.SectionHashes[section.Key] != section.Value).Select(section => section.Key).ShouldBe(["Policies"]);
    }

    [Fact]
    public async Task A_secret_is_not_in_its_sections_hash()
    {
        var before = await _folder.LoadAsync();
        var after = await _folder.With("Slack.BotToken", "\"xoxb-another\"").LoadAsync();

        after.SectionHashes["Slack"].ShouldBe(before.SectionHashes["Slack"]);
    }
}
