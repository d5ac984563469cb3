namespace DbChatOps;

/// <summary>
/// A "no" for people. Returned, never thrown: <paramref name="Code"/> is stable (programs and tests read it),
/// <paramref name="Message"/> is one or two plain sentences that say what would help; what people can type stands between backticks,
/// with <c>/db</c> for the slash command.
/// </summary>
public sealed record Refusal(string Code, string Message)
{
    /// <summary>The input field that the refusal is about, when it came from a dialog; absent otherwise.</summary>
    public string? Field { get; init; }
}
