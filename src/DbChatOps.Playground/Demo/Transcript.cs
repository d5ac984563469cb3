using System.Diagnostics;
using System.Globalization;

namespace DbChatOps.Playground.Demo;

/// <summary>Prints a story as it happens, with the time each step took, and counts what did not hold.</summary>
public sealed class Transcript(TextWriter output)
{
    private readonly long _began = Stopwatch.GetTimestamp();

    public int Failures { get; private set; }

    public async Task HeadingAsync(string text) => await output.WriteLineAsync($"\n{text}");

    /// <summary>What somebody sees, indented.</summary>
    public async Task QuoteAsync(string text)
    {
        foreach (var line in text.Split('\n')) await output.WriteLineAsync($"            │ {line}");
    }

    /// <summary>One step. A step that throws has failed, and the story goes on only if its caller says so.</summary>
    public async Task StepAsync(string what, Func<Task> step)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await step();
            await LineAsync("✓", what, Stopwatch.GetElapsedTime(started));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failures++;
            await LineAsync("✗", what, Stopwatch.GetElapsedTime(started));
            await QuoteAsync(error.Message);
            throw new StoryEndedException(what, error);
        }
    }

    /// <summary>Something that must hold; the story goes on either way.</summary>
    public async Task HoldsAsync(string what, bool holds)
    {
        if (!holds) Failures++;
        await LineAsync(holds ? "✓" : "✗", what, took: null);
    }

    /// <summary>A measured time beside the bar it must keep.</summary>
    public Task KeepsAsync(string what, TimeSpan measured, TimeSpan bar) =>
        HoldsAsync(string.Create(CultureInfo.InvariantCulture, $"{what}: {measured.TotalMilliseconds:F0} ms (bar {bar.TotalMilliseconds:F0} ms)"), measured <= bar);

    private Task LineAsync(string mark, string what, TimeSpan? took)
    {
        var at = Stopwatch.GetElapsedTime(_began);
        var tail = took is { } time ? string.Create(CultureInfo.InvariantCulture, $"  ({time.TotalMilliseconds:F0} ms)") : "";
        return output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {at:mm\\:ss\\.f}  {mark} {what}{tail}"));
    }
}

/// <summary>A step failed, and what follows it makes no sense.</summary>
public sealed class StoryEndedException(string step, Exception inner) : Exception($"The story ended at: {step}", inner);
