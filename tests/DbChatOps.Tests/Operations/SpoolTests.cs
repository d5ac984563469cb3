using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Targets;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Operations;

public sealed class SpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dbchatops-spool-").FullName;

    private string Store => Path.Combine(_folder, "ledger.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Logins, grants and addresses are in it: nobody else on the machine is to read them, from the first line on.</summary>
    [Fact]
    public void Only_the_bots_own_user_can_open_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "files have no modes there");

        Spool().Append(Ending("dbco_ana_1"));
        var first = File.GetUnixFileMode(Host.Operations.EndingOnly.Spool.PathBeside(Store));
        Spool().Append(Ending("dbco_ana_2"));

        first.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Host.Operations.EndingOnly.Spool.PathBeside(Store)).ShouldBe(first);
        File.ReadAllLines(Host.Operations.EndingOnly.Spool.PathBeside(Store)).Length.ShouldBe(2);
    }

    private Spool Spool() => new(Store, TimeProvider.System, NullLogger<Spool>.Instance);

    private static SpooledEnding Ending(string login) => new()
    {
        Line = login,
        Server = new ServerId("pg-prod"),
        At = DateTimeOffset.UnixEpoch,
        Report = new RevocationReport { Login = login, Stage = RevocationStage.Contained },
    };
}
