namespace DbChatOps.Chat;

/// <summary>A message as a function of state: rendered, hashed, and left alone when equal to what is shown. A presenter per platform draws it.</summary>
public sealed record Card
{
    /// <summary>Colour and word at the top of everything about a target; absent only where no target is meant.</summary>
    public Banner? Banner { get; init; }

    public required Phrase Title { get; init; }

    /// <summary>Label and value pairs, at most ten.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];

    /// <summary>Untrusted text under a label of ours, drawn as a quote so that nobody takes it for ours.</summary>
    public IReadOnlyList<Quote> Quotes { get; init; } = [];

    /// <summary>Paragraphs.</summary>
    public IReadOnlyList<Phrase> Lines { get; init; } = [];

    public IReadOnlyList<Button> Buttons { get; init; } = [];

    /// <summary>Small print at the bottom.</summary>
    public IReadOnlyList<Phrase> Footnotes { get; init; } = [];
}

/// <summary>🔴 PRODUCTION, 🟠 STAGING, 🟢 DEVELOPMENT, then the target's name.</summary>
public sealed record Banner(TargetEnvironment Environment, TargetId Target);

/// <summary>A label of ours and a value.</summary>
public sealed record Field(string Label, Phrase Value);

/// <summary>A label of ours and text that is not.</summary>
public sealed record Quote(string Label, string Text);

/// <summary>
/// A button. <paramref name="Action"/> names a verb; <paramref name="Value"/> is an opaque id, looked up and authorised at the click:
/// anyone who sees the button can press it, and anyone with the bot's token can forge it.
/// </summary>
public sealed record Button(string Action, string Label, string Value)
{
    public ButtonStyle Style { get; init; }

    /// <summary>Asked before the press is sent; for what cannot be undone.</summary>
    public string? Confirm { get; init; }
}

/// <summary>How loud a button is; the dangerous one is red.</summary>
public enum ButtonStyle
{
    Default = 0,
    Primary = 1,
    Danger = 2,
}
