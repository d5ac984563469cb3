using DbChatOps.Tests.Configuration;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Commands;

/// <summary>What <c>check</c> sees without a server, and that it only looks.</summary>
public sealed class CheckLooksTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_writes_nothing_where_the_store_will_be()
    {
        var store = Directory.CreateDirectory(_folder.Path("store"));
        _folder.With("Store.ConnectionString", $"\"Data Source={store.FullName}/ledger.db\"");
        var before = store.LastWriteTimeUtc;

        var run = await HostProgram.RunAsync(Path.GetTempPath(), ["check", "--server", "pg-prod", "-c", _folder.File], Ct);

        run.Output.ShouldContain("ledger.db is not there yet");
        store.Refresh();
        store.LastWriteTimeUtc.ShouldBe(before);
    }

    [Theory]
    [InlineData("appsettings.json", UnixFileMode.OtherRead, true)]
    [InlineData("appsettings.json", UnixFileMode.GroupRead, false)]
    [InlineData("conf.d/secrets.json", UnixFileMode.OtherRead, true)]
    [InlineData("conf.d/harmless.json", UnixFileMode.OtherRead, false)]
    public async Task It_names_a_configuration_whose_secrets_others_can_read(string file, UnixFileMode more, bool named)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        _folder.Without("Slack.BotToken");
        _folder.Write("conf.d/secrets.json", """{ "Slack": { "BotToken": "xoxb-canary-other" } }""");
        _folder.Write("conf.d/harmless.json", """{ "Slack": { "AuditChannel": "C0AUDIT" } }""");
        File.SetUnixFileMode(_folder.Path(file), UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        var run = await HostProgram.RunAsync(Path.GetTempPath(), ["check", "--server", "pg-prod", "-c", _folder.File], Ct);

        run.Output.Contains($"WARNING  configuration: {_folder.Path(file)} holds a secret and can be read by every user", StringComparison.Ordinal).ShouldBe(named, run.Output);
        run.Output.ShouldNotContain("canary");
    }
}
