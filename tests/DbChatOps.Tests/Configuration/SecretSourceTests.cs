using DbChatOps.Host.Configuration;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

public sealed class SecretSourceTests
{
    [Fact]
    public async Task A_command_prints_the_secret() =>
        (await new SecretSource.PrintedByCommand(["printf", "token-%s\\n", "1"]).ReadAsync(TestContext.Current.CancellationToken)).Reveal().ShouldBe("token-1");

    [Theory]
    [InlineData("sh", "-c", "echo canary; exit 3")]
    [InlineData("sh", "-c", "echo canary >&2")]
    [InlineData("/nowhere/canary-less", "a", "b")]
    public async Task A_command_that_fails_or_prints_nothing_is_a_fault_that_tells_no_secret(params string[] words)
    {
        var fault = await Should.ThrowAsync<SecretUnavailableException>(
            async () => await new SecretSource.PrintedByCommand(words).ReadAsync(TestContext.Current.CancellationToken));

        fault.Message.ShouldStartWith($"command {words[0]}");
        fault.Message.ShouldNotContain("echo");
    }

    [Fact]
    public async Task A_folder_instead_of_a_file_is_a_fault() => await Should.ThrowAsync<SecretUnavailableException>(
        async () => await new SecretSource.MountedFile(Path.GetTempPath()).ReadAsync(TestContext.Current.CancellationToken));

    [Fact]
    public void A_literal_does_not_print_itself() => new SecretSource.Literal("canary").ToString().ShouldNotContain("canary");
}
