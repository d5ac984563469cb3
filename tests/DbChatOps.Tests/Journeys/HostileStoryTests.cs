using System.Text.Json.Nodes;
using DbChatOps.Access;
using DbChatOps.Playground;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using DbChatOps.Tests.Slack;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>People who may not, requests that are not from Slack, and texts that want to be something else.</summary>
public sealed class HostileStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    public static TheoryData<string, string, string> Ineligible => new()
    {
        { Seed.Guest.Id, "guest", "Guest accounts cannot" },
        { Seed.Deactivated.Id, "deactivated", "This account is deactivated" },
        { Seed.OtherBot.Id, "bot_account", "Bots and apps cannot" },
    };

    [Theory]
    [MemberData(nameof(Ineligible))]
    public async Task Accounts_that_are_no_members_are_refused_with_the_reason_and_nothing_else_is_recorded(string user, string code, string reason)
    {
        await using var bot = await StartAsync(stage);
        var who = Seed.Users.Single(candidate => candidate.Id == user);
        foreach (var channel in new[] { Seed.General, Seed.Approvals })
        {
            bot.Slack.Join(channel, who);
        }

        var before = await bot.StoryAsync();
        await bot.Says(who, Read);
        bot.LastAnswer(who).ShouldContain(reason);
        await bot.Says(who, "/db targets");
        bot.LastAnswer(who).ShouldContain(reason);
        await bot.Says(who, "/db grants all");
        bot.LastAnswer(who).ShouldContain(reason);
        (await bot.StoryAsync()).Skip(before.Count).ShouldBe(["refused/1"]);

        await bot.Says(Ana, Read);
        await bot.Presses(who, "Approve…", Seed.Approvals);

        bot.LastAnswer(who).ShouldContain(reason);
        bot.Sights.TopModal(who).ShouldBeNull();
        (await bot.RequestsAsync()).ShouldHaveSingleItem().State.ShouldBe(RequestState.Pending);
        (await bot.RefusalsAsync()).ShouldAllBe(refused => refused == code);
    }

    [Fact]
    public async Task A_stranger_in_a_shared_channel_is_turned_away()
    {
        await using var bot = await StartAsync(stage, settings => settings with { Slack = settings.Slack with { ApprovalChannel = Seed.Shared.Id } });
        await bot.Says(Ana, Read);
        var before = await bot.StoryAsync();

        (await bot.Says(Seed.Stranger, Read, Seed.Shared))!.Status.ShouldBe(200);
        bot.LastAnswer(Seed.Stranger).ShouldContain("Only members of this organisation");
        (await bot.StoryAsync()).ShouldBe(before);
        await bot.Presses(Seed.Stranger, "Approve…", Seed.Shared);

        bot.LastAnswer(Seed.Stranger).ShouldContain("Only members of this organisation");
        bot.Sights.TopModal(Seed.Stranger).ShouldBeNull();
        (await bot.RequestsAsync()).ShouldHaveSingleItem().State.ShouldBe(RequestState.Pending);
        await bot.Presses(Bo, "Approve…", Seed.Shared);
        bot.Dialog(Bo).ShouldContain("@ana asks for");
    }

    [Fact]
    public async Task A_member_who_became_a_guest_after_opening_the_dialog_approves_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        bot.Slack.Put(Bo with { IsGuest = true });

        await bot.Submits(Bo);

        bot.Dialog(Bo).ShouldContain("Guest accounts cannot");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
        (await bot.RefusalsAsync()).ShouldBe(["guest"]);
    }

    [Theory]
    [InlineData(SignatureFault.WrongSecret)]
    [InlineData(SignatureFault.BodyAltered)]
    [InlineData(SignatureFault.StaleTimestamp)]
    [InlineData(SignatureFault.FutureTimestamp)]
    [InlineData(SignatureFault.Missing)]
    public async Task What_is_not_signed_by_Slack_just_now_leaves_no_trace(SignatureFault fault)
    {
        await using var bot = await StartAsync(stage);
        var before = await bot.StoryAsync();
        bot.Slack.Bot.NextSignature = fault;

        var answer = await bot.Says(Ana, Read);

        answer!.Status.ShouldBe(401);
        (await bot.StoryAsync()).ShouldBe(before);
        await bot.Says(Ana, Read);
        bot.Clock.Advance(TimeSpan.FromMinutes(6));
        (await bot.Slack.Bot.RepeatLastAsync(TestContext.Current.CancellationToken)).Status.ShouldBe(401);
        (await bot.RequestsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Hostile_reasons_are_shown_as_text_everywhere()
    {
        await using var bot = await StartAsync(stage);
        foreach (var text in HostileText.Known.Where(text => text.Any(char.IsLetterOrDigit)))
        {
            await bot.Driver.Says(Ana, $"/db access orders-prod read 30m {text}");
            await bot.SettlesAsync();
            if ((await bot.RequestsAsync()).SingleOrDefault(request => request.State == RequestState.Pending) is not { } asked)
            {
                continue;
            }

            await bot.Presses(Bo, "Deny…", Seed.Approvals);
            await bot.Submits(Bo, ("comment", text.Length is > 0 and < 500 && !text.Any(char.IsSurrogate) ? text : "no"));
            await bot.Driver.Closes(Bo);
            bot.Clock.Advance(TimeSpan.FromMinutes(1));
            if ((await bot.RequestsAsync()).Single(request => request.Id == asked.Id).State == RequestState.Pending)
            {
                await bot.Says(Ana, "/db withdraw");
            }
        }

        (await bot.RequestsAsync()).Count.ShouldBeGreaterThan(20);
        NothingHostileIn(bot);
    }

    [Fact]
    public async Task Hostile_words_in_every_command_get_a_harmless_answer()
    {
        await using var bot = await StartAsync(stage);
        foreach (var text in HostileText.Known)
        {
            foreach (var command in new[] { "", "access ", "access orders-prod ", "approve ", "deny ", "withdraw ", "release ", "revoke ", "who ", "targets ", "help ", "extend " })
            {
                var answer = await bot.Driver.Says(Ana, $"/db {command}{text}");
                answer!.IsAcknowledged.ShouldBeTrue($"/db {command}{text[..Math.Min(40, text.Length)]}");
            }
        }

        await bot.SettlesAsync();
        bot.Screen(Ana).ShouldNotContain("failed with the error");
        bot.Log.All.ShouldAllBe(line => !line.StartsWith("Error", StringComparison.Ordinal));
        (await bot.RequestsAsync()).ShouldBeEmpty();
        NothingHostileIn(bot);
    }

    [Theory]
    [InlineData("<!channel> ‮\"'; DROP ROLE x; --")]
    [InlineData("👨‍👩‍👧‍👦🙂")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("*bold* <https://evil.example|Approve>")]
    public async Task The_whole_story_works_for_somebody_with_a_hostile_name(string name)
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Put(Ana with { Handle = name, RealName = name });
        bot.Slack.Put(Bo with { Handle = name, RealName = name });

        var (login, password) = await bot.HasAccessAsync();
        await using (await stage.ConnectAsync(login, password))
        {
            login.Length.ShouldBeLessThanOrEqualTo(63);
            await bot.Says(Cy, $"/db who {login}");
            bot.LastAnswer(Cy).ShouldContain(login);
            await bot.PassesAsync(TimeSpan.FromMinutes(31));
        }

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Revoked);
        NothingHostileIn(bot);
    }

    /// <summary>Slack took everything, and no text of ours mentions, links or formats what somebody typed.</summary>
    private static void NothingHostileIn(BotUnderTest bot)
    {
        bot.Slack.Journal.Entries.Where(entry => entry.Error is not null && entry.Status < 400).ShouldBeEmpty();
        foreach (var text in bot.Slack.Journal.Entries.SelectMany(entry => Marked(entry.Arguments)))
        {
            text.ShouldNotContain("<!channel");
            text.ShouldNotContain("<!here");
            text.ShouldNotContain("<https://");
            text.ShouldNotContain("<@U0DBA00001");
            text.ShouldNotContain("<!date^1^");
            text.ShouldNotContain("\u202e");
            text.ShouldNotContain("\u2066");
            text.ShouldNotContain("\u001b");
        }
    }

    /// <summary>Every text in which Slack looks for marks: mrkdwn objects and the text beside blocks.</summary>
    private static IEnumerable<string> Marked(JsonNode? node) => node switch
    {
        JsonObject it => it.SelectMany(member => member.Key == "text" && member.Value is JsonValue text && it["type"]?.ToString() is null or "mrkdwn"
            ? [member.Value!.ToString()]
            : Marked(member.Value)),
        JsonArray list => list.SelectMany(Marked),
        _ => [],
    };
}
