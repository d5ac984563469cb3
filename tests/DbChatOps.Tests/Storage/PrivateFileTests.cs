using DbChatOps.Host.Storage;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Storage;

public sealed class PrivateFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dbchatops-files-").FullName;

    public static TheoryData<FileMode, FileShare> Ways => new()
    {
        { FileMode.Create, FileShare.None }, { FileMode.Create, FileShare.Read }, { FileMode.OpenOrCreate, FileShare.None }, { FileMode.Append, FileShare.Read },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Ways))]
    public void A_link_in_the_place_of_a_file_is_not_followed(FileMode mode, FileShare share)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link takes a privilege there.");
        var (victim, path) = (Path.Combine(_folder, "victim"), Path.Combine(_folder, "ours"));
        File.WriteAllText(victim, "somebody else's");
        File.CreateSymbolicLink(path, victim);

        Should.Throw<UnauthorizedAccessException>(() => PrivateFile.Open(path, mode, share)).Message.ShouldContain("is a link");

        File.ReadAllText(victim).ShouldBe("somebody else's");
        File.Delete(victim);
        Should.Throw<UnauthorizedAccessException>(() => PrivateFile.Open(path, mode, share));
        File.Exists(victim).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Ways))]
    public void Nobody_else_can_read_a_file_that_is_made(FileMode mode, FileShare share)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        var path = Path.Combine(_folder, "ours");

        PrivateFile.Open(path, mode, share).Dispose();

        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
