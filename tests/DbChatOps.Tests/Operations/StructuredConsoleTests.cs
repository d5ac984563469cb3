using System.Text.Json.Nodes;
using DbChatOps.Host.Operations;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Operations;

public sealed class StructuredConsoleTests
{
    [Fact]
    public void Hostile_text_stays_on_one_line_and_shows_no_escape()
    {
        var lines = Logged(log => log.LogWarning("Said {Text}", "x\n{\"Level\":\"Fatal\"}\r\u001b[2J\u2028end"));

        var line = lines.ShouldHaveSingleItem();
        line.ShouldNotContain('\u001b');
        JsonNode.Parse(line)!["Level"]!.GetValue<string>().ShouldBe("Warning");
    }

    [Fact]
    public void Secrets_are_masked_by_their_type()
    {
        var lines = Logged(log =>
        {
            log.LogWarning("plain {Secret}", new Secret("canary"));
            log.LogWarning("destructured {@Secret}", new Secret("canary"));
            log.LogWarning("nested {@Holder}", new { Password = new Secret("canary"), Names = new[] { new Secret("canary") } });
        });

        lines.Count.ShouldBe(3);
        lines.ShouldAllBe(line => !line.Contains("canary", StringComparison.Ordinal));
        lines.ShouldAllBe(line => line.Contains("***", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Logged(Action<ILogger> say)
    {
        using var output = new StringWriter();
        using (var factory = LoggerFactory.Create(builder => builder.UseStructuredConsole(output)))
        {
            say(factory.CreateLogger("test"));
        }

        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
