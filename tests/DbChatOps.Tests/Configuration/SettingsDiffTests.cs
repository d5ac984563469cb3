using DbChatOps.Host.Configuration;
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
    [InlineData("Slack.AuditChannel", "\"C0AUDIT\"", "section Slack changed")]
    public async Task A_change_is_told_in_words(string path, string json, string expected)
    {
        var before = await _folder.LoadAsync();
        var after = await _folder.With(path, json).LoadAsync();

        SettingsDiff.Describe(before, after).ShouldContain(line => line == expected, string.Join('\n', SettingsDiff.Describe(before, after)));
    }

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
