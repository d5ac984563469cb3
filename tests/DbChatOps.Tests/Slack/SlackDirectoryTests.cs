using System.Text.Json.Nodes;
using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

public sealed class SlackDirectoryTests : IAsyncLifetime
{
    private static readonly PersonId Dana = new("slack", "E0ACME0001", "U0DBA00001");
    private FakeSlack _slack = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _slack = await FakeSlack.StartAsync();

    public ValueTask DisposeAsync() => _slack.DisposeAsync();

    [Fact]
    public async Task A_member_has_a_name_a_zone_and_is_their_own_human()
    {
        var person = (await Directory().FindPersonAsync(Dana, Ct)).ShouldNotBeNull();

        (person.Id, person.Name, person.Kind, person.TimeZone).ShouldBe((Dana, "dana", PrincipalKind.Member, "Europe/Amsterdam"));
        person.Human.ShouldBe(Dana.ToString());
    }

    [Fact]
    public async Task Linked_identities_are_one_human() =>
        (await Directory(new Dictionary<PersonId, string> { [Dana] = "dana" }).FindPersonAsync(Dana, Ct))!.Human.ShouldBe("dana");

    [Fact]
    [Trait("Trap", "T-17")]
    public async Task A_changed_or_borrowed_e_mail_changes_nobody()
    {
        var directory = Directory(new Dictionary<PersonId, string> { [Dana] = "dana" });
        var other = Dana with { User = "U0OTHER001" };
        Says(Dana, "dana@acme.example");
        var before = await directory.FindPersonAsync(Dana, Ct);

        Says(Dana, "boss@acme.example");
        (await directory.FindPersonAsync(Dana, Ct)).ShouldBe(before);
        Says(other, "dana@acme.example");
        var borrower = (await directory.FindPersonAsync(other, Ct)).ShouldNotBeNull();
        (borrower.Id, borrower.Human).ShouldBe((other, other.ToString()));

        void Says(PersonId person, string email)
        {
            var answer = Sample.Json("webapi-success")["users.info"]!.DeepClone();
            answer["user"]!["id"] = person.User;
            answer["user"]!["profile"]!["email"] = email;
            _slack.Says(200, answer.ToJsonString());
        }
    }

    [Theory]
    [Trait("Trap", "T-17")]
    [InlineData("is_restricted", PrincipalKind.Guest)]
    [InlineData("is_ultra_restricted", PrincipalKind.Guest)]
    [InlineData("is_stranger", PrincipalKind.Stranger)]
    [InlineData("is_bot", PrincipalKind.Bot)]
    [InlineData("deleted", PrincipalKind.Deactivated)]
    public async Task Whoever_is_no_plain_member_is_told_apart(string flag, PrincipalKind kind)
    {
        var answer = Sample.Json("webapi-success")["users.info"]!.DeepClone();
        answer["user"]![flag] = true;
        _slack.Says(200, answer.ToJsonString());

        (await Directory().FindPersonAsync(Dana, Ct))!.Kind.ShouldBe(kind);
    }

    [Fact]
    public async Task Somebody_of_another_team_is_a_stranger_even_when_Slack_does_not_say_so()
    {
        var answer = Sample.Json("webapi-success")["users.info.external"]!.DeepClone();
        answer["user"]!.AsObject().Remove("is_stranger");
        _slack.Says(200, answer.ToJsonString());

        (await Directory().FindPersonAsync(Dana with { User = "U0EXTERN01" }, Ct))!.Kind.ShouldBe(PrincipalKind.Stranger);
    }

    [Fact]
    public async Task Somebody_without_a_team_and_somebody_of_another_realm_are_strangers()
    {
        (await Directory().FindPersonAsync(Dana with { Realm = "T0PARTNER1" }, Ct))!.Kind.ShouldBe(PrincipalKind.Stranger);

        var answer = Sample.Json("webapi-success")["users.info"]!.DeepClone();
        answer["user"]!.AsObject().Remove("team_id");
        _slack.Says(200, answer.ToJsonString());
        (await Directory().FindPersonAsync(Dana, Ct))!.Kind.ShouldBe(PrincipalKind.Stranger);
    }

    [Fact]
    public async Task An_answer_about_somebody_else_is_no_answer() =>
        (await Directory().FindPersonAsync(Dana with { User = "U0ONCALL01" }, Ct)).ShouldBeNull();

    [Fact]
    public async Task The_same_address_in_two_workspaces_is_two_people()
    {
        var directory = Directory();
        var ours = await directory.FindPersonAsync(Dana, Ct);
        var theirs = await directory.FindPersonAsync(Dana with { Realm = "T0PARTNER1" }, Ct);

        (ours!.Human == theirs!.Human).ShouldBeFalse();
    }

    [Fact]
    public async Task Nobody_is_found_where_there_is_nobody()
    {
        _slack.Says(200, "{\"ok\":false,\"error\":\"user_not_found\"}");

        (await Directory().FindPersonAsync(Dana, Ct)).ShouldBeNull();
        (await Directory().FindPersonAsync(new PersonId("teams", "x", "y"), Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Members_are_asked_every_time_and_live_in_our_realm()
    {
        var directory = Directory();
        var members = await directory.MembersAsync("S0DBA", Ct);
        await directory.MembersAsync("S0DBA", Ct);

        members.SetEquals([SlackWorld.OnCall, Dana]).ShouldBeTrue();
        _slack.Calls.Count.ShouldBe(2);
        _slack.Calls.First().Form["usergroup"].ShouldBe("S0DBA");
    }

    [Theory]
    [InlineData(200, "{\"ok\":false,\"error\":\"no_such_subteam\"}")]
    [InlineData(200, "{\"ok\":false,\"error\":\"missing_scope\"}")]
    [InlineData(429, "{\"ok\":false,\"error\":\"ratelimited\"}")]
    [InlineData(500, "<html>")]
    public async Task A_group_that_cannot_be_read_is_not_an_empty_group(int status, string body)
    {
        _slack.Says(status, body);

        await Should.ThrowAsync<ChatUnavailableException>(() => Directory().MembersAsync("S0DBA", Ct));
    }

    [Fact]
    public async Task Two_seconds_are_all_a_person_waits()
    {
        var arrived = new TaskCompletionSource();
        _slack.Answer = async (http, _) =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };

        var asked = Directory().FindPersonAsync(Dana, Ct);
        await arrived.Task.WaitAsync(Ct);
        _slack.Clock.Advance(TimeSpan.FromSeconds(2));

        await Should.ThrowAsync<ChatUnavailableException>(() => asked);
    }

    private SlackDirectory Directory(IReadOnlyDictionary<PersonId, string>? humans = null) =>
        new(_slack.Api, _slack.Settings, humans ?? new Dictionary<PersonId, string>(), _slack.Clock);
}
