using System.Text.RegularExpressions;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Tests.Configuration;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Commands;

/// <summary>The bot connects as its configuration says and ignores the variables of PostgreSQL's clients.</summary>
public sealed class VariablesTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>, IDisposable
{
    private readonly SettingsFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whatever_is_set_for_psql_check_says_the_same()
    {
        await using var bot = await StartAsync(stage);
        await _folder.ConfigureAsync(bot);
        var plain = await HostProgram.RunShellAsync(Path.GetTempPath(), $"check -c '{_folder.File}'", Ct);

        foreach (var value in new[] { "nonsense", "none", "require" })
        {
            var all = string.Join(' ', PostgreSqlVariables.Names.Append("PGUSER").Append("PGPASSWORD").Append("PGSSLMODE").Append("PGHOST").Append("PGPORT").Select(name => $"{name}={value}"));
            var run = await HostProgram.RunShellAsync(Path.GetTempPath(), $"check -c '{_folder.File}'", Ct, all);

            Timeless(run).ShouldBe(Timeless(plain));
        }
    }

    /// <summary>How far the server's clock is off differs from run to run.</summary>
    private static (int ExitCode, string Output, string Errors) Timeless((int ExitCode, string Output, string Errors) run) =>
        run with { Output = Regex.Replace(run.Output, "clock [^ ]+ ms", "clock", RegexOptions.None, TimeSpan.FromSeconds(1)) };
}
