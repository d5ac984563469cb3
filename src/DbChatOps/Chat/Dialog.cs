namespace DbChatOps.Chat;

/// <summary>A modal: what it says, what it asks, and which decision its submission belongs to.</summary>
public sealed record Dialog
{
    /// <summary>Names the verb that a submission gives, such as <c>approve</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Opaque id of what it is about; authorised again at the submission.</summary>
    public string Value { get; init; } = "";

    /// <summary>At most 24 characters on Slack; cut by the presenter.</summary>
    public required string Title { get; init; }

    /// <summary>Absent: there is nothing to submit, only a close button.</summary>
    public string? Submit { get; init; }

    public string Close { get; init; } = "Close";

    /// <summary>The text above the inputs; buttons of the card are not drawn.</summary>
    public Card? Body { get; init; }

    public IReadOnlyList<DialogInput> Inputs { get; init; } = [];

    /// <summary>Fixed-width text to be copied (credentials, snippets); shown in order, never stored.</summary>
    public IReadOnlyList<Preformatted> Preformatted { get; init; } = [];

    /// <summary>Everything behind it closes too; credentials must not be reachable by "back".</summary>
    public bool ClearOnClose { get; init; }
}

/// <summary>A label of ours and text to be copied; a secret, because most of it is.</summary>
public sealed record Preformatted(string Label, Secret Text);

/// <summary>One question of a dialog.</summary>
public abstract record DialogInput(string Name, string Label)
{
    public string? Hint { get; init; }

    public bool Optional { get; init; }

    public sealed record TextBox(string Name, string Label) : DialogInput(Name, Label)
    {
        public bool Multiline { get; init; }

        public string? Initial { get; init; }

        public string? Placeholder { get; init; }

        public int MaximumLength { get; init; } = 300;
    }

    public sealed record Choice(string Name, string Label, IReadOnlyList<Option> Options) : DialogInput(Name, Label)
    {
        public string? Initial { get; init; }
    }

    /// <summary>Options are looked up while the person types.</summary>
    public sealed record Lookup(string Name, string Label) : DialogInput(Name, Label)
    {
        public Option? Initial { get; init; }
    }
}

/// <summary>One of several answers: what is sent, and what is read.</summary>
public sealed record Option(string Value, string Label);
