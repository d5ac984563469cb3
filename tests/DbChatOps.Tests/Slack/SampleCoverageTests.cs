using DbChatOps.Tests.Architecture;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>A recorded shape that no test reads says nothing.</summary>
public sealed class SampleCoverageTests
{
    [Fact]
    public void Every_sample_is_named_by_some_test()
    {
        var tests = string.Concat(Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "tests", "DbChatOps.Tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        Sample.Names("").Count().ShouldBeGreaterThan(45);
        Sample.Names("").Where(name => !tests.Contains($"\"{name}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
