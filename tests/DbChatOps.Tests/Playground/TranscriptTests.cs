using DbChatOps.Playground.Demo;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class TranscriptTests
{
    [Fact]
    public async Task A_step_that_fails_ends_the_story_and_is_counted()
    {
        await using var output = new StringWriter();
        var transcript = new Transcript(output);

        await transcript.StepAsync("asks", () => Task.CompletedTask);
        await Should.ThrowAsync<StoryEndedException>(() => transcript.StepAsync("approves", () => throw new InvalidOperationException("no button")));

        transcript.Failures.ShouldBe(1);
        output.ToString().ShouldContain("✓ asks");
        output.ToString().ShouldContain("✗ approves");
        output.ToString().ShouldContain("│ no button");
    }

    [Fact]
    public async Task A_bar_that_is_missed_is_counted_and_the_story_goes_on()
    {
        await using var output = new StringWriter();
        var transcript = new Transcript(output);

        await transcript.KeepsAsync("proven gone", TimeSpan.FromSeconds(3), bar: TimeSpan.FromSeconds(2));
        await transcript.KeepsAsync("offered", TimeSpan.FromSeconds(1), bar: TimeSpan.FromSeconds(2));

        transcript.Failures.ShouldBe(1);
        output.ToString().ShouldContain("✗ proven gone: 3000 ms (bar 2000 ms)");
    }
}
