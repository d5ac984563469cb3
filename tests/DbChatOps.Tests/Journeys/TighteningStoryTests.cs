using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>What is tightened, found or taken back between asking and access acts at the next step, and the card says so.</summary>
[Trait("Trap", "T-18")]
public sealed class TighteningStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_error_that_check_finds_refuses_the_level_it_concerns_until_it_is_cured()
    {
        await using var bot = await StartAsync(stage);
        await bot.Servers.PsqlAsync("ALTER ROLE dbchatops_orders_read BYPASSRLS");
        try
        {
            await bot.Get<Surveys>().LookAsync(Ct);
            await bot.Says(Ana, Read + " --dry-run");
            bot.LastAnswer(Ana).ShouldContain("standing_role_dangerous");
            await bot.Says(Ana, Read);
            bot.LastAnswer(Ana).ShouldContain("check --server orders");
            (await bot.RefusalsAsync()).ShouldBe(["check_failed"]);
            await bot.Says(Ana, "/db access orders-prod write 30m repairing INC-42");
            (await bot.RequestsAsync()).ShouldHaveSingleItem().Level.ShouldBe(AccessLevel.Write);
        }
        finally
        {
            await bot.Servers.PsqlAsync("ALTER ROLE dbchatops_orders_read NOBYPASSRLS");
        }

        await bot.Get<Surveys>().LookAsync(Ct);
        await bot.Says(Ana, Read);
        bot.LastAnswer(Ana).ShouldContain("Understood");
    }

    [Fact]
    public async Task An_error_found_after_the_approval_opens_nothing_until_it_is_cured_and_a_restart_forgets_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.Servers.PsqlAsync("ALTER ROLE dbchatops_orders_read BYPASSRLS");
        try
        {
            await bot.Get<Surveys>().LookAsync(Ct);
            await bot.ApprovesAsync(Bo);
            bot.Approvals.ShouldContain("Approved, but not granted");
            (await bot.RequestsAsync()).Single().Outcome!.ShouldContain("standing_role_dangerous");
            await bot.RestartAsync();
            (await bot.GrantsAsync()).ShouldBeEmpty();
        }
        finally
        {
            await bot.Servers.PsqlAsync("ALTER ROLE dbchatops_orders_read NOBYPASSRLS");
        }

        await bot.Get<Surveys>().LookAsync(Ct);
        await bot.PassesAsync(TimeSpan.FromSeconds(11));
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Ready);
    }

    [Fact]
    public async Task A_server_that_could_not_be_looked_at_grants_nothing_new()
    {
        await using var bot = await StartAsync(stage);
        await stage.Pair.Writer.StopAsync();
        try
        {
            (await bot.Get<Surveys>().LookAsync(Ct)).ShouldBeFalse();
            await bot.Says(Ana, Read);
            bot.LastAnswer(Ana).ShouldContain("could not be checked");
        }
        finally
        {
            await stage.Pair.Writer.RestartAsync();
        }

        (await bot.Get<Surveys>().LookAsync(Ct)).ShouldBeTrue();
        await bot.Says(Ana, Read);
        bot.LastAnswer(Ana).ShouldContain("Understood");
    }

    [Fact]
    public async Task A_holder_who_may_no_longer_ask_cannot_claim_and_the_login_goes()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Ready);
        bot.Settings = WithoutAna(bot.Settings);

        await bot.Presses(Ana, "Show credentials");

        bot.Dialog(Ana).ShouldContain("may no longer ask");
        bot.Dialog(Ana).ShouldNotContain("Password");
        bot.Screen(Ana).ShouldContain("was ended: no longer allowed");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Denials_are_remembered_across_accounts_and_behind_any_number_of_requests()
    {
        await using var bot = await StartAsync(stage, settings => LinkedAccounts.Of(settings, CoolDown(settings.Policies.Policies, TimeSpan.FromHours(1))));
        await bot.Says(Ana, Read);
        await bot.Says(Bo, $"/db deny {(await bot.RequestsAsync()).Single().Id.Handle} too vague for my taste");
        await bot.Says(Cy, Read);
        bot.LastAnswer(Cy).ShouldContain("denied this recently");

        bot.Settings = LinkedAccounts.Of(bot.Settings, CoolDown(bot.Settings.Policies.Policies, TimeSpan.Zero));
        for (var i = 0; i < 21; i++)
        {
            await bot.Says(Ana, Read);
            await bot.Says(Ana, "/db withdraw");
        }

        await bot.Says(Cy, Read);
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        bot.Dialog(Bo).ShouldContain("too vague for my taste");
    }

    [Fact]
    public async Task Three_requests_wait_for_one_human_by_whichever_of_their_accounts()
    {
        await using var bot = await StartAsync(stage, settings => LinkedAccounts.Of(settings, settings.Policies.Policies));
        await bot.Says(Ana, Read);
        await bot.Says(Cy, Read);
        await bot.Says(Ana, Read);

        await bot.Says(Cy, Read);
        bot.LastAnswer(Cy).ShouldContain("already have 3 requests waiting");
        await bot.Says(Ana, Read);
        bot.LastAnswer(Ana).ShouldContain("already have 3 requests waiting");
        (await bot.RequestsAsync()).Count.ShouldBe(3);
        await bot.Says(Bo, Read);
        bot.LastAnswer(Bo).ShouldContain("Understood");
    }

    [Fact]
    public async Task Two_who_approve_each_other_within_a_day_are_shown_as_such_by_whichever_account()
    {
        await using var bot = await StartAsync(stage, settings => LinkedAccounts.Of(settings, settings.Policies.Policies, "dba"));
        await bot.Says(Bo, Read);
        await bot.ApprovesAsync(Cy);
        bot.Approvals.ShouldNotContain("↔");
        bot.Clock.Advance(TimeSpan.FromHours(23));
        await bot.Says(Ana, Read);

        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        bot.Dialog(Bo).ShouldContain("↔ @ana approved a request of @bo within the last 24 h");
        await bot.Driver.Closes(Bo);
        await bot.Presses(Dee, "Approve…", Seed.Approvals);
        bot.Dialog(Dee).ShouldNotContain("↔");
        await bot.Driver.Closes(Dee);
        var request = (await bot.RequestsAsync()).Single(candidate => candidate.State == RequestState.Pending);
        await bot.Says(Bo, $"/db approve {request.Id.Handle}");
        bot.LastAnswer(Bo).ShouldContain("↔ @ana approved a request of @bo");
        await bot.Says(Bo, ApprovalLine(request));

        (await bot.GrantsAsync(open: true)).ShouldHaveSingleItem().Holder.Id.ShouldBe(IdOf(Ana));
        bot.Approvals.ShouldContain("↔ @ana approved a request of @bo within the last 24 h");
        bot.Clock.Advance(TimeSpan.FromHours(25));
        await bot.Says(Ana, Read);
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        bot.Dialog(Bo).ShouldContain("asks for *read*");
        bot.Dialog(Bo).ShouldNotContain("↔");
    }

    [Fact]
    public async Task The_record_shows_the_policy_of_the_request_and_the_one_that_was_in_force()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        bot.Settings = bot.Settings with
        {
            Policies = new PolicyBook(
                [.. bot.Settings.Policies.Policies.Select(policy => policy with { MaximumWindow = TimeSpan.FromMinutes(40) })], bot.Settings.Policies.Groups, bot.Settings.Policies.People),
        };
        await bot.ApprovesAsync(Bo);

        var record = await bot.RecordAsync();

        var inForce = PolicyHash.Of(bot.Settings.Policies.Policies[0]);
        var pinned = (await bot.RequestsAsync()).Single().Policy.Hash;
        pinned.ShouldNotBe(inForce);
        record.Where(line => line.Contains("request.asked/1", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain(pinned);
        foreach (var kind in new[] { "request.reviewed/1", "request.approved/1" })
        {
            record.Where(line => line.Contains(kind, StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain($"\"currentPolicyHash\":\"{inForce}\"");
        }
    }

    [Fact]
    public async Task A_typed_approval_in_production_is_bound_to_what_was_shown()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        var request = (await bot.RequestsAsync()).Single();
        bot.Approvals.ShouldContain(request.Digest[..8]);

        await bot.Says(Bo, $"/db approve {request.Id.Handle}");
        bot.LastAnswer(Bo).ShouldContain("Nothing is approved yet");
        bot.LastAnswer(Bo).ShouldContain("checking INC-42");
        bot.LastAnswer(Bo).ShouldContain(ApprovalLine(request));
        await bot.Says(Bo, $"/db approve {request.Id.Handle} 00000000");
        bot.LastAnswer(Bo).ShouldContain("is not what is asked");
        await bot.Says(Cy, $"/db approve {request.Id.Handle}");
        bot.LastAnswer(Cy).ShouldContain("Only members of dba");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
        (await bot.RefusalsAsync()).ShouldBe(["digest_mismatch", "not_an_approver"]);

        await bot.Says(Bo, ApprovalLine(request));
        bot.LastAnswer(Bo).ShouldContain("✅ Approved");
    }

    [Fact]
    public async Task Outside_production_a_typed_approval_needs_no_digest()
    {
        await using var bot = await StartAsync(stage, Staging);
        await bot.Says(Ana, Read);

        await bot.Says(Bo, $"/db approve {(await bot.RequestsAsync()).Single().Id.Handle}");

        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Ready);
    }

    private static Settings WithoutAna(Settings settings) => settings with
    {
        Policies = new PolicyBook(
            settings.Policies.Policies,
            [.. settings.Policies.Groups.Select(group => group.Name == "developers" ? group with { Roster = [IdOf(Bo), IdOf(Cy)] } : group)],
            settings.Policies.People),
    };

    private static IReadOnlyList<AccessPolicy> CoolDown(IReadOnlyList<AccessPolicy> policies, TimeSpan pause) =>
        [.. policies.Select(policy => policy with { CoolDownAfterDenial = pause })];

    private static Settings Staging(Settings settings) => settings with
    {
        Targets = new Targets.TargetBook(
            [.. settings.Targets.Servers.Select(server => server with { Environment = TargetEnvironment.Staging })],
            [.. settings.Targets.Targets.Select(target => target with { Environment = TargetEnvironment.Staging })]),
        Policies = new PolicyBook(
            [.. settings.Policies.Policies.Select(policy => policy with { Covers = policy.Covers with { Environments = null } })], settings.Policies.Groups, settings.Policies.People),
    };
}
