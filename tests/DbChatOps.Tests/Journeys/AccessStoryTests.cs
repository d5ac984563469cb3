using DbChatOps.Access;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>The whole way of a request through chat, told as chat.</summary>
public sealed class AccessStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Trap", "T-01")]
    public async Task Asked_approved_revealed_used_and_proven_gone()
    {
        await using var bot = await StartAsync(stage);

        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Submits(Bo);
        var (login, password) = await bot.RevealsAsync(Ana);
        await using (var session = await stage.ConnectAsync(login, password))
        {
            await using var count = new NpgsqlCommand("SELECT count(*) FROM app.orders", session);
            (await count.ExecuteScalarAsync(Ct)).ShouldBe(100L);

            await bot.PassesAsync(TimeSpan.FromMinutes(31));

            (await bot.LoginsAsync()).ShouldBe("");
            (await bot.LoginsAsync(stage.Pair.Standby)).ShouldBe("");
            await Should.ThrowAsync<NpgsqlException>(() => count.ExecuteScalarAsync(Ct));
        }

        bot.Screen(Ana).ShouldContain("proven gone");
        bot.Approvals.ShouldContain("proven gone");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
    }

    [Fact]
    public async Task Approving_your_own_request_is_refused_and_recorded()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Bo, "/db access orders-prod read 30m checking INC-42");

        await bot.Presses(Bo, "Approve…", Seed.Approvals);

        bot.LastAnswer(Bo).ShouldContain("cannot review your own request");
        bot.Sights.TopModal(Bo).ShouldBeNull();
        (await bot.RequestsAsync()).ShouldHaveSingleItem().State.ShouldBe(RequestState.Pending);
    }

    [Fact]
    public async Task Questions_are_answered_in_private_and_write_nothing()
    {
        await using var bot = await StartAsync(stage);
        var before = await bot.StoryAsync();

        await AnswersAsync("/db", "access <target> <level>");
        await AnswersAsync("/db help", "ask for temporary access", "who is behind a temporary login");
        await AnswersAsync("/db help extend", "ask for more time");
        bot.LastAnswer(Ana).ShouldNotContain("withdraw");
        await AnswersAsync("/db targets", "orders-prod", "read up to 2 h");
        await AnswersAsync("/db targets pay", "orders-prod");
        await AnswersAsync("/db targets nothing-like-it", "No target that you may ask for has");
        await AnswersAsync("/db whoami", "You are @ana", "developers", "member");
        await AnswersAsync("/db requests", "No request of yours is waiting");
        await AnswersAsync("/db grants", "You have no access now");
        await AnswersAsync("/db status all", "Nobody whose access you may see has any now");
        await AnswersAsync("/db who dbco_nobody_00000000", "not a login that this bot ever made");
        await AnswersAsync("/db access orders-prod write 45m --dry-run checking INC-42", "Dry run", "Nothing was asked", "prod-write", "dbchatops_orders_write", "45 min", "tech (dba)");

        (await bot.StoryAsync()).ShouldBe(before);
        (await bot.RequestsAsync()).ShouldBeEmpty();
        bot.Approvals.ShouldBe("");

        async Task AnswersAsync(string line, params string[] texts)
        {
            await bot.Says(Ana, line);
            texts.ShouldAllBe(text => bot.LastAnswer(Ana).Contains(text, StringComparison.Ordinal), $"{line}\n{bot.LastAnswer(Ana)}");
        }
    }

    [Fact]
    public async Task What_is_not_understood_is_refused_with_what_would_be()
    {
        await using var bot = await StartAsync(stage);

        await AnswersAsync("/db acess orders-prod read 30m x", "Did you mean `/db access`?");
        await AnswersAsync("/db fly", "`/db help` lists what you can do");
        await AnswersAsync("/db access orders-prod", "Write it as `/db access <target> <level> [30m] <reason>`");
        await AnswersAsync("/db access orders-prod reed 30m x", "Did you mean read?");
        await AnswersAsync("/db access orders-prod admin 30m x", "Levels are read, write and ddl");
        await AnswersAsync("/db access orders-prdo read 30m x", "Did you mean 'orders-prod'?");
        await AnswersAsync("/db access orders-prod read 30 x", "Say the unit: 30m for minutes");
        await AnswersAsync("/db access orders-prod read 0m x", "longer than nothing");
        await AnswersAsync("/db access orders-prod read 9h x", "at most 2 h at a time");
        await AnswersAsync("/db access orders-prod read 30m", "Say why");
        await AnswersAsync("/db approve r-nothing", "There is no request 'r-nothing'");
        await AnswersAsync("/db withdraw", "No request of yours is waiting");
        await AnswersAsync("/db release", "You have no access now");
        await AnswersAsync("/db extend soon", "Write it as `/db extend");
        await AnswersAsync("/db extend 30", "Say the unit");
        await AnswersAsync("/db extend 30m", "You have no access now");
        await AnswersAsync("/db revoke g-nothing because", "no such grant that you can do this with");

        (await bot.RequestsAsync()).ShouldBeEmpty();

        async Task AnswersAsync(string line, string text)
        {
            await bot.Says(Ana, line);
            bot.LastAnswer(Ana).ShouldContain(text, customMessage: line);
        }
    }

    [Fact]
    public async Task What_was_understood_is_echoed()
    {
        await using var bot = await StartAsync(stage);

        await bot.Says(Ana, "/db ACCESS   Orders-Prod READ  1h30m  “checking”   INC-42");

        bot.LastAnswer(Ana).ShouldContain("PRODUCTION · orders-prod");
        bot.LastAnswer(Ana).ShouldContain("Understood: *read* on `orders-prod` for *1 h 30 min*");
        bot.LastAnswer(Ana).ShouldContain("waits for tech (dba)");
        (await bot.RequestsAsync()).ShouldHaveSingleItem().Ticket.ShouldBe("INC-42");
        await bot.Says(Bo, "/db requests");
        bot.LastAnswer(Bo).ShouldContain("*waits for you*: @ana");
        await bot.Says(Ana, "/db requests");
        bot.LastAnswer(Ana).ShouldContain("yours: read on `orders-prod`");
    }

    [Fact]
    public async Task Everything_by_text_from_asking_to_done()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod write 30m repairing INC-42");
        var handle = (await bot.RequestsAsync()).Single().Id.Handle;

        var digest = (await bot.RequestsAsync()).Single().Digest[..8];

        await bot.Says(Bo, $"/db approve {handle} {digest}");
        bot.LastAnswer(Bo).ShouldContain("Type the target's name to confirm");
        await bot.Says(Bo, $"/db approve {handle} {digest} orders-prod");
        bot.LastAnswer(Bo).ShouldContain("needs further approvals");
        await bot.Says(Cy, $"/db approve {handle.ToUpperInvariant()} {digest.ToUpperInvariant()} Orders Prod");
        bot.LastAnswer(Cy).ShouldContain("✅ Approved: @ana");
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        grant.State.ShouldBe(GrantState.Ready);

        await bot.Says(Ana, "/db grants");
        bot.LastAnswer(Ana).ShouldContain(grant.Login);
        await bot.Says(Cy, $"/db who {grant.Login}");
        bot.LastAnswer(Cy).ShouldContain("is @ana");
        bot.LastAnswer(Cy).ShouldContain("@bo, @cy");
        await bot.Says(Dee, "/db grants all");
        bot.LastAnswer(Dee).ShouldContain("@ana: write on `orders-prod`");
        await bot.Says(Ana, "/db done");

        bot.LastAnswer(Ana).ShouldContain("Ending");
        (await bot.GrantsAsync()).Single().Ending!.Reason.ShouldBe(EndReason.Released);
        (await bot.LoginsAsync()).ShouldBe("");
        await bot.Says(Ana, $"/db release {grant.Id.Handle}");
        bot.LastAnswer(Ana).ShouldContain("had already ended");
    }

    [Fact]
    public async Task Denying_by_dialog_needs_a_reason_which_the_requester_reads()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");

        await bot.Presses(Bo, "Deny…", Seed.Approvals);
        await bot.Submits(Bo, ("comment", "  "));
        bot.Sights.TopModal(Bo)!.Errors.ShouldContainKey("comment");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
        await bot.Submits(Bo, ("comment", "use the replica"));

        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Denied);
        bot.Dialog(Bo).ShouldContain("⛔ Denied: @ana");
        bot.Screen(Ana).ShouldContain("use the replica");
        bot.Approvals.ShouldNotContain("[Approve…]");

        await bot.Presses(Ana, "Request again…");
        await bot.Submits(Ana, ("window", "20"));
        bot.Sights.TopModal(Ana)!.Errors["window"].ShouldContain("Say the unit");
        await bot.Submits(Ana, ("window", "20m"), ("reason", "the replica is down"));
        bot.Dialog(Ana).ShouldContain("for *20 min*");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        bot.Dialog(Bo).ShouldContain("Denied earlier");
    }

    [Fact]
    public async Task Denying_by_text_needs_a_reason_too()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        var handle = (await bot.RequestsAsync()).Single().Id.Handle;

        await bot.Says(Bo, $"/db deny {handle}");
        bot.LastAnswer(Bo).ShouldContain("Say why");
        await bot.Says(Bo, $"/db deny {handle} not today");

        (await bot.RequestsAsync()).Single().Outcome.ShouldBe("not today");
        await bot.Says(Dee, $"/db approve {handle}");
        bot.LastAnswer(Dee).ShouldContain("was already denied by bo");
    }

    [Fact]
    public async Task Withdrawing_works_by_text_and_by_button_and_only_for_ones_own()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m first");
        var first = (await bot.RequestsAsync()).Single().Id.Handle;

        await bot.Says(Bo, $"/db withdraw {first}");
        bot.LastAnswer(Bo).ShouldContain("no such request of yours");
        await bot.Says(Ana, "/db withdraw");
        bot.LastAnswer(Ana).ShouldContain("Withdrawn");
        await bot.Says(Ana, "/db access orders-prod read 30m second");
        await bot.Presses(Ana, "Withdraw");
        bot.LastAnswer(Ana).ShouldContain("Withdrawn");

        (await bot.RequestsAsync()).ShouldAllBe(request => request.State == RequestState.Withdrawn);
        bot.Approvals.ShouldNotContain("[Approve…]");
        await bot.Says(Bo, $"/db approve {first}");
        bot.LastAnswer(Bo).ShouldContain("was withdrawn by its requester");
    }

    [Fact]
    public async Task At_most_three_requests_wait_at_once()
    {
        await using var bot = await StartAsync(stage);
        foreach (var number in Enumerable.Range(1, 4))
        {
            await bot.Says(Ana, $"/db access orders-prod read 30m reason {number}");
        }

        bot.LastAnswer(Ana).ShouldContain("already have 3 requests waiting");
        (await bot.RequestsAsync()).Count.ShouldBe(3);
        await bot.Says(Ana, "/db withdraw");
        bot.LastAnswer(Ana).ShouldContain("Which one?");
    }

    [Fact]
    public async Task An_approved_extension_moves_the_end_on_the_server_and_the_open_session_stays()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await using var session = await stage.ConnectAsync(login, password);
        var end = await bot.ValidUntilAsync(login);

        await bot.Presses(Ana, "Extend…");
        await bot.Submits(Ana, ("window", "30 minutes more"));
        bot.Sights.TopModal(Ana)!.Errors.ShouldContainKey("window");
        await bot.Submits(Ana, ("window", "40m"), ("reason", "not done yet"));
        bot.Dialog(Ana).ShouldContain("*40 min* more");
        (await bot.ValidUntilAsync(login)).ShouldBe(end);
        await bot.ApprovesAsync(Bo);

        (await bot.ValidUntilAsync(login)).ShouldBe(end + TimeSpan.FromMinutes(40));
        (await bot.GrantsAsync()).Single().Expiry!.Value.ShouldBe(end + TimeSpan.FromMinutes(40), TimeSpan.FromSeconds(1));
        await bot.PassesAsync(TimeSpan.FromMinutes(35));
        await using var count = new NpgsqlCommand("SELECT count(*) FROM app.orders", session);
        (await count.ExecuteScalarAsync(Ct)).ShouldBe(100L);

        await bot.Driver.Closes(Ana);
        await bot.Says(Ana, "/db extend 15m once more");
        await bot.Says(Ana, "/db extend 15m and again");
        bot.LastAnswer(Ana).ShouldContain("already under way");
        await bot.Says(Dee, ApprovalLine((await bot.RequestsAsync()).Single(request => request.State == RequestState.Pending)));
        (await bot.ValidUntilAsync(login)).ShouldBe(end + TimeSpan.FromMinutes(55));
        await bot.Says(Ana, "/db extend 15m a third time");
        bot.LastAnswer(Ana).ShouldContain("as often as the policy allows");

        await bot.PassesAsync(TimeSpan.FromMinutes(51));
        (await bot.LoginsAsync()).ShouldBe("");
        await Should.ThrowAsync<NpgsqlException>(() => count.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task Done_works_from_the_card_and_from_the_list()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await bot.Presses(Ana, "Done");
        (await bot.LoginsAsync()).ShouldBe("");
        bot.Screen(Ana).ShouldContain("released by its holder");

        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await bot.Says(Ana, "/db grants");
        await bot.Presses(Ana, "Done", Seed.General);

        bot.LastAnswer(Ana).ShouldContain("Ending");
        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).ShouldAllBe(grant => grant.State == GrantState.Revoked);
    }

    [Fact]
    public async Task One_grant_is_revoked_by_its_approver_with_a_reason_and_by_nobody_else()
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();
        var handle = (await bot.GrantsAsync()).Single().Id.Handle;

        await bot.Says(Cy, $"/db revoke {handle} because");
        bot.LastAnswer(Cy).ShouldContain("no such grant that you can do this with");
        await bot.Says(Bo, $"/db revoke {handle}");
        bot.LastAnswer(Bo).ShouldContain("Say why");
        (await bot.LoginsAsync()).ShouldBe(login);
        await bot.Says(Bo, $"/db revoke {handle} wrong database");

        (await bot.LoginsAsync()).ShouldBe("");
        bot.Screen(Ana).ShouldContain("was ended: revoked");
        bot.Screen(Ana).ShouldContain("wrong database");
        (await bot.RefusalsAsync()).ShouldBe(["unknown_grant", "reason_missing"]);
    }

    [Fact]
    public async Task Only_the_security_group_cuts_a_person_off_everywhere()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.HasAccessAsync("/db access orders-prod read 1h second");
        (await bot.GrantsAsync(open: true)).Count.ShouldBe(2);

        await bot.Says(Bo, "/db revoke @ana looks odd");
        bot.LastAnswer(Bo).ShouldContain("Only members of the cut-off groups");
        (await bot.GrantsAsync(open: true)).Count.ShouldBe(2);
        (await bot.RefusalsAsync()).ShouldBe(["not_security"]);
        await bot.Says(Dee, "/db revoke @ana --yes");
        bot.LastAnswer(Dee).ShouldContain("Say why");
        await bot.Says(Dee, "/db revoke @ana looks odd");
        bot.LastAnswer(Dee).ShouldContain("This ends everything of @ana. Nothing was done yet.");
        await bot.Presses(Dee, "Cut off…");
        bot.Dialog(Dee).ShouldContain("This ends everything of @ana. Nothing was done yet.");
        (await bot.GrantsAsync(open: true)).Count.ShouldBe(2);
        await bot.Submits(Dee);

        bot.Dialog(Dee).ShouldContain("Ending everything of @ana (2)");
        bot.Screen(Dee).ShouldContain("2 grant(s) ending, 0 request(s) closed. looks odd");
        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync(open: true)).ShouldBeEmpty();
        await bot.Says(Dee, "/db revoke @ana once more");
        bot.LastAnswer(Dee).ShouldContain("holds no access");
    }
}
