using DbChatOps.Host.Configuration;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

public sealed class SettingsSourceTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_invalid_reload_keeps_the_old_configuration_and_says_why()
    {
        var first = await _folder.LoadAsync();
        using var source = new SettingsSource(_folder.Loader(), first);
        _folder.With("Policies[0].MaximumWindow", "30");

        var outcome = await ReloadAsync(source);

        outcome.Taken.ShouldBeFalse();
        source.Current.ShouldBeSameAs(first);
        source.Problems.ShouldHaveSingleItem().Path.ShouldBe("Policies[0].MaximumWindow");
    }

    [Fact]
    public async Task A_cured_reload_forgets_the_problems()
    {
        using var source = new SettingsSource(_folder.Loader(), await _folder.LoadAsync());
        _folder.With("Policies[0].MaximumWindow", "30");
        await ReloadAsync(source);
        _folder.With("Policies[0].MaximumWindow", "\"1h\"");

        (await ReloadAsync(source)).Taken.ShouldBeTrue();

        source.Problems.ShouldBeEmpty();
        source.Current.Policies.Find("prod-read")!.MaximumWindow.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task What_only_the_ledger_knows_may_refuse_a_reload()
    {
        var first = await _folder.LoadAsync();
        using var source = new SettingsSource(_folder.Loader(), first);

        var outcome = await source.TryReloadAsync(
            (_, _) => Task.FromResult<IReadOnlyList<SettingProblem>>([new SettingProblem("Servers", "pg-prod still owes a grant")]), TestContext.Current.CancellationToken);

        outcome.Taken.ShouldBeFalse();
        source.Current.ShouldBeSameAs(first);
    }

    private static Task<ReloadOutcome> ReloadAsync(SettingsSource source) =>
        source.TryReloadAsync((_, _) => Task.FromResult<IReadOnlyList<SettingProblem>>([]), TestContext.Current.CancellationToken);
}
