using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>What the credentials dialog offers to paste, pasted into a real shell and a real psql, where the database has an unkind name.</summary>
public sealed class HostileDatabaseTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Unkind = "Orders \"Ü' $(echo x) `id` \\ 100% & !!";

    [Fact]
    public async Task The_shown_line_opens_the_database_whatever_it_is_called()
    {
        stage.Pair.Require();
        await RenameAsync("orders", Unkind);
        try
        {
            await using var bot = await StartAsync(stage, settings => Called(settings, Unkind));
            await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
            bot.LastAnswer(Ana).ShouldContain("Understood");
            await bot.ApprovesAsync(Bo);
            var (login, password) = await bot.RevealsAsync(Ana);
            var shown = Credentials.Texts(bot.Sights.TopModal(Ana)!.Content);
            shown[2].ShouldStartWith("psql ");

            var answer = await PosixShell.RunAsync(
                $"{shown[2]} -XAt -c 'SELECT current_user' -c 'SELECT current_database()' -c 'SELECT count(*) FROM app.orders' </dev/null", PostgreSqlBinaries.Default.FolderOf("psql"), password);

            answer.Split('\n').ShouldBe([login, Unkind, "100", ""]);
            await bot.PassesAsync(TimeSpan.FromMinutes(31));
            (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
        }
        finally
        {
            await RenameAsync(Unkind, "orders");
        }
    }

    [Fact]
    public async Task The_line_names_the_very_database_also_where_it_cannot_be_shown()
    {
        stage.Pair.Require();
        string[] names = ["my db", "it's", "back\\slash", "q\"uote", "=", "two  blanks", " x ", "new\nline", "\u202ereversed", "?a=b&c#d%20", "postgresql://other", "dbname=orders", "🙂", "$(reboot)", "`id`"];
        var here = new ConnectHint { Host = "127.0.0.1", Port = stage.Pair.WriterPort };

        var answer = await PosixShell.RunAsync(
            string.Concat(names.Select(name => $"{PsqlLine.Connect(here, name, "postgres")} -X -c '' </dev/null 2>&1\n")), PostgreSqlBinaries.Default.FolderOf("psql"));

        foreach (var name in names)
        {
            answer.ShouldContain($"database \"{name}\" does not exist\n");
        }
    }

    [Fact]
    public async Task The_prompt_reaches_psql_as_it_is_meant()
    {
        stage.Pair.Require();
        var line = PsqlLine.Prompt("PRODUCTION it's 100% :HOST `id` \\", "41");
        var here = PsqlLine.Connect(new ConnectHint { Host = "127.0.0.1", Port = stage.Pair.WriterPort }, "orders", "postgres");

        var answer = await PosixShell.RunAsync($"{here} -XAt <<'END'\n{line}\n\\echo :PROMPT1\nEND\n", PostgreSqlBinaries.Default.FolderOf("psql"));

        answer.ShouldBe("%[%033[1;41m%] PRODUCTION it's 100%% :HOST id \\ %[%033[0m%] %/%R%# \n");
    }

    private async Task RenameAsync(string from, string to)
    {
        await stage.Pair.PsqlAsync($"ALTER DATABASE {Name(from)} RENAME TO {Name(to)}");
        await stage.Pair.InstallFacadeAsync([PostgreSqlStage.Orders with { Database = to }]);

        static string Name(string database) => $"\"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static Settings Called(Settings settings, string database) => settings with
    {
        Targets = new TargetBook(
            settings.Targets.Servers,
            [.. settings.Targets.Targets.Select(target => target with { Database = database, Connect = new ConnectHint { Host = "127.0.0.1", Port = settings.Targets.Servers[0].Nodes[0].Port } })]),
    };
}
