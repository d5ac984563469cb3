using DbChatOps.Host.Configuration;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>Help lists what the caller may do here, and tells nobody of what they may not.</summary>
public sealed class HelpStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Everybodys = "who, targets, whoami, help";

    [Fact]
    public async Task Each_persona_is_told_their_own_commands()
    {
        await using var bot = await StartAsync(stage);

        (await CommandsAsync(bot, Ana)).ShouldBe($"access, requests, withdraw, grants, extend, release, revoke, {Everybodys}");
        bot.LastAnswer(Ana).ShouldNotContain("[all]");
        bot.LastAnswer(Ana).ShouldContain("end one grant of yours");
        (await CommandsAsync(bot, Bo)).ShouldBe($"access, requests, approve, deny, withdraw, grants, extend, release, revoke, {Everybodys}");
        bot.LastAnswer(Bo).ShouldContain("grants [all]");
        bot.LastAnswer(Bo).ShouldContain("one that you approved");
        bot.LastAnswer(Bo).ShouldNotContain("@person");
        (await CommandsAsync(bot, Dee)).ShouldBe($"requests, approve, deny, grants, revoke, {Everybodys}");
        bot.LastAnswer(Dee).ShouldContain("revoke <grant | @person>");
        bot.LastAnswer(Dee).ShouldNotContain("Levels are");
    }

    [Fact]
    public async Task A_command_that_is_not_theirs_reads_like_one_that_does_not_exist()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db help nothing-like-it");
        var absent = bot.LastAnswer(Ana);

        await bot.Says(Ana, "/db help approve");
        bot.LastAnswer(Ana).ShouldBe(absent);
        await bot.Says(Bo, "/db help approve");
        bot.LastAnswer(Bo).ShouldContain("approve <request>");
        bot.LastAnswer(Bo).ShouldNotContain("withdraw");
    }

    [Fact]
    public async Task Somebody_without_rights_is_told_of_what_is_still_theirs_and_no_more()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        bot.Settings = WithoutGroups(bot.Settings);

        (await CommandsAsync(bot, Ana)).ShouldBe($"requests, withdraw, grants, release, revoke, {Everybodys}");
        (await CommandsAsync(bot, Bo)).ShouldBe($"grants, revoke, {Everybodys}");
        (await CommandsAsync(bot, Cy)).ShouldBe(Everybodys);
        await bot.Says(Ana, "/db done");
        (await CommandsAsync(bot, Ana)).ShouldBe(Everybodys);
    }

    [Fact]
    public async Task A_silent_directory_hides_nothing_and_says_so()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Faults.On("usergroups.users.list", new Fault.HtmlError());

        (await CommandsAsync(bot, Ana)).ShouldBe($"access, requests, approve, deny, withdraw, grants, extend, release, revoke, {Everybodys}");

        bot.LastAnswer(Ana).ShouldContain("could not find out just now");
        await CommandsAsync(bot, Ana);
        bot.LastAnswer(Ana).ShouldNotContain("could not find out just now");
    }

    private static async Task<string> CommandsAsync(BotUnderTest bot, SlackUser who)
    {
        await bot.Says(who, "/db help");
        var lines = bot.LastAnswer(who).Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("`/db ", StringComparison.Ordinal));
        return string.Join(", ", lines.Select(line => line["`/db ".Length..].Split(' ', '`')[0]));
    }

    private static Settings WithoutGroups(Settings settings) => settings with
    {
        Policies = new PolicyBook(settings.Policies.Policies, [.. settings.Policies.Groups.Select(group => group with { Roster = [] })], settings.Policies.People),
    };
}
