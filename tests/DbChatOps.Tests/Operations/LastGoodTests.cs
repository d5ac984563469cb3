using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Tests.Configuration;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Operations;

public sealed class LastGoodTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_ending_needs_comes_back_as_it_was()
    {
        var password = _folder.Write("minter.txt", "from a file\n");
        _folder.With("Servers[0].Minter.Password", $$"""{ "File": "{{password}}" }""").With("Servers[1].Minter.Password", """{ "Command": ["echo", "printed"] }""")
            .With("Servers[0].Nodes[1].Delay", "\"1h30m\"");
        var settings = await _folder.LoadAsync();
        var store = _folder.Path("ledger.db");

        await LastGood.Of(settings)!.WriteAsync(store, Ct);
        var read = (await LastGood.ReadAsync(store, Ct))!;

        read.Servers.Select(server => server.Id.Value).ShouldBe(["pg-prod", "pg-stage"]);
        read.Servers[0].Nodes.ShouldBe(settings.Targets.Servers[0].Nodes);
        (await read.Servers[0].Minter.Password(Ct)).Reveal().ShouldBe("from a file");
        (await read.Servers[1].Minter.Password(Ct)).Reveal().ShouldBe("printed");
        (await read.InstanceKey.ReadAsync(Ct)).Reveal().ShouldBe(settings.Instance.Key.Reveal());
        (await File.ReadAllTextAsync(LastGood.PathBeside(store), Ct)).ShouldNotContain("from a file");
    }

    [Fact]
    public async Task Nobody_else_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        var store = _folder.Path("ledger.db");
        _folder.Write("ledger.db.last-good.json", "{}");
        var settings = await _folder.LoadAsync();

        await LastGood.Of(settings)!.WriteAsync(store, Ct);

        File.GetUnixFileMode(LastGood.PathBeside(store)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{ "instanceKey": "k", "servers": [{ "Id": 1 }] }""")]
    public async Task A_damaged_one_counts_as_none(string text)
    {
        _folder.Write("ledger.db.last-good.json", text);

        (await LastGood.ReadAsync(_folder.Path("ledger.db"), Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task The_store_is_found_in_a_configuration_that_is_not_even_json()
    {
        _folder.Write("appsettings.json", """{ "Store": { "ConnectionString": "Data Source=/var/lib/x.db;Cache=Shared" }, oops """);

        (await StoreFinding.FindAsync(_folder.File, new Dictionary<string, string>(StringComparer.Ordinal), Ct)).ShouldBe("/var/lib/x.db");
        (await StoreFinding.FindAsync(
            _folder.File, new Dictionary<string, string>(StringComparer.Ordinal) { ["DBCHATOPS__Store__ConnectionString"] = "Data Source=/else.db" }, Ct)).ShouldBe("/else.db");
    }
}
