using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Targets;
using DbChatOps.Tests.Slack;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Flow;

public sealed class SurveysTests : IAsyncLifetime
{
    private readonly FlowScene _scene = new();
    private readonly SkippingClock _pauses = new();
    private readonly Health _health = new();
    private Surveys _surveys = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _surveys = new Surveys(
            _scene.Engine, _scene.Ledger, _scene.Get<Decider>(), _scene.Get<RestoreWatch>(), _scene.Get<Alarms>(), _health, _scene.Get<Func<Rules>>(), _pauses, NullLogger<Surveys>.Instance);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _surveys.Dispose();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_did_not_answer_is_soon_looked_at_again_and_health_says_what_is_missing()
    {
        var answer = new TaskCompletionSource();
        _scene.Engine.WhileInspecting = () => answer.Task;
        _scene.Engine.IsDown = true;
        var first = _surveys.LookAsync(Ct);
        _health.Reasons.ShouldBe(["server pg-prod: not looked at yet"]);
        answer.SetResult();
        (await first).ShouldBeFalse();
        _health.Reasons.ShouldBe(["server pg-prod: the connection was refused"]);

        answer = new TaskCompletionSource();
        var second = _surveys.LookAsync(Ct);
        _health.Reasons.ShouldBe(["server pg-prod: the connection was refused"], "what is known stays while it is tried again");
        answer.SetResult();
        await second;

        await _surveys.StartAsync(Ct);
        foreach (var pause in (double[])[0.5, 1, 2, 4, 8, 10, 10])
        {
            (await _pauses.PauseAsync(TimeSpan.Zero, Ct)).ShouldBe(TimeSpan.FromSeconds(pause));
        }

        _scene.Engine.IsDown = false;
        (await _pauses.PauseAsync(TimeSpan.FromSeconds(11), Ct)).ShouldBe(TimeSpan.FromMinutes(5));
        _health.Reasons.ShouldBeEmpty();

        _scene.Engine.IsDown = true;
        _surveys.Wake();
        (await _pauses.PauseAsync(TimeSpan.Zero, Ct)).ShouldBe(TimeSpan.FromSeconds(0.5), "the next outage begins anew");
        await _surveys.StopAsync(Ct);
    }

    [Fact]
    public async Task What_a_look_found_is_recorded_for_its_levels()
    {
        _scene.Engine.Findings = [new Finding { Severity = FindingSeverity.Error, Code = "standing_role_dangerous", Message = "It may do everything." }];

        (await _surveys.LookAsync(Ct)).ShouldBeTrue();

        var record = (await _scene.Ledger.LoadAsync<ServerRecord>("pg-prod", Ct)).ShouldNotBeNull().State;
        record.Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("standing_role_dangerous");
        record.LookedAt.ShouldBe(Looked, ignoreOrder: true);
        _surveys.AlsoReaches(OrdersProd.Id, AccessLevel.Read).ShouldBe([]);
        _surveys.AlsoReaches(new TargetId("elsewhere"), AccessLevel.Read).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_cannot_be_looked_at_is_recorded_as_not_checked()
    {
        await _surveys.LookAsync(Ct);
        _scene.Engine.IsDown = true;

        (await _surveys.LookAsync(Ct)).ShouldBeFalse();

        (await _scene.Ledger.LoadAsync<ServerRecord>("pg-prod", Ct)).ShouldNotBeNull().State.NotChecked.ShouldNotBeNull().ShouldContain("refused");
    }

    [Fact]
    public async Task Another_cluster_pages_until_the_right_one_is_back()
    {
        await _surveys.LookAsync(Ct);
        _scene.Engine.Identity = Identity with { SystemIdentifier = "7300000000000000002" };
        await _surveys.LookAsync(Ct);
        (await RaisedAsync()).ShouldBe(["wrong_server:pg-prod"]);

        _scene.Engine.Identity = Identity;
        await _surveys.LookAsync(Ct);

        (await RaisedAsync()).ShouldBeEmpty();
    }

    private async Task<IEnumerable<string>> RaisedAsync() =>
        (await _scene.Ledger.FindAsync<Alerts.Alert>(new SnapshotQuery { Kind = Alerts.Alert.Kind, Open = true }, Ct)).Select(stored => stored.State.Key);
}
