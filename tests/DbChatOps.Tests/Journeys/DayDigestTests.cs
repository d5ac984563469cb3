using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>The audit channel has one card a day, which follows what becomes of that day's access.</summary>
public sealed class DayDigestTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    [Fact]
    public async Task One_card_tells_what_was_asked_on_a_day_and_what_became_of_it()
    {
        await using var bot = await StartAsync(stage);
        await FarFromMidnightAsync(bot);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        var digest = (await bot.RequestsAsync()).Single().Digest[..8];
        await bot.PassesAsync(TimeSpan.FromMinutes(1));
        Digests(bot).ShouldHaveSingleItem().ShouldContain("waits for approval");

        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Submits(Bo);
        await bot.RevealsAsync(Ana);
        await bot.PassesAsync(TimeSpan.FromMinutes(1));
        Digests(bot).ShouldHaveSingleItem().ShouldContain("approved by bo (`U0BO000002`)");
        Digests(bot)[0].ShouldContain(digest);

        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        await bot.PassesAsync(TimeSpan.FromMinutes(1));

        Digests(bot).ShouldHaveSingleItem().ShouldContain("proven gone");
        Digests(bot)[0].ShouldNotContain("@ana", Case.Insensitive, "nobody is called by it");
    }

    [Fact]
    public async Task Without_an_audit_channel_of_its_own_there_is_no_digest()
    {
        await using var bot = await StartAsync(stage, settings => settings with { Slack = settings.Slack with { AuditChannel = null } });

        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.PassesAsync(TimeSpan.FromMinutes(1));

        bot.Sights.Messages(Seed.Approvals).ShouldHaveSingleItem();
    }

    private static Task FarFromMidnightAsync(BotUnderTest bot)
    {
        var now = bot.Clock.GetUtcNow();
        return bot.PassesAsync(new DateTimeOffset(now.UtcDateTime.Date.AddHours(34), TimeSpan.Zero) - now);
    }

    private static IReadOnlyList<string> Digests(BotUnderTest bot) =>
        [.. bot.Sights.Messages(Seed.Audit).Select(bot.Sights.Read).Where(text => text.Contains("📋", StringComparison.Ordinal)).Select(text => text.Replace("\u2060", "", StringComparison.Ordinal))];
}
