namespace DbChatOps.Chat;

/// <summary>
/// One arrival from a chat platform, reduced to an allow-list of fields. Only this is stored, and its perishable parts
/// (<see cref="TriggerId"/>, <see cref="ResponseUrl"/>) go when it is decided.
/// </summary>
public sealed record Delivery
{
    /// <summary>SHA-256 over what the platform says makes it unique (event id, trigger id, or view id and hash): one key, one decision.</summary>
    public required string Key { get; init; }

    public required DeliveryKind Kind { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required PersonId Person { get; init; }

    /// <summary>What the payload itself says against this person (another organisation, a shared channel); checked again with the directory.</summary>
    public bool FromOutside { get; init; }

    /// <summary>Typed text of a slash command (without its name), of a mention, or of a message to the bot alone.</summary>
    public string Text { get; init; } = "";

    /// <summary>The slash command's name (<c>/db</c>), the button's or dialog's action.</summary>
    public string Action { get; init; } = "";

    /// <summary>The button's or dialog's opaque value.</summary>
    public string Value { get; init; } = "";

    public string? Channel { get; init; }

    /// <summary>The message that carried the pressed button, which must be the one we remember; or the message itself.</summary>
    public string? MessageId { get; init; }

    /// <summary>The message that began the thread in which the bot was spoken to.</summary>
    public string? ThreadId { get; init; }

    public bool IsEphemeral { get; init; }

    public string? ViewId { get; init; }

    /// <summary>Answers of a dialog by input name; only for submissions.</summary>
    public IReadOnlyDictionary<string, string> Answers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Opens one dialog within three seconds; a hint, never needed for a decision.</summary>
    public string? TriggerId { get; init; }

    /// <summary>Whoever has it can post: never logged, deleted with the payload.</summary>
    public Secret? ResponseUrl { get; init; }
}

/// <summary>What somebody did; each kind has its own answer budget.</summary>
public enum DeliveryKind
{
    SlashCommand = 0,
    ButtonPressed = 1,
    DialogSubmitted = 2,
    // 3 was a closed dialog, of which nobody is told.
    Suggestion = 4,
    HomeOpened = 5,
    Event = 6,
    CommandLine = 7,

    /// <summary>An entry of a message's menu.</summary>
    MessageShortcut = 8,

    /// <summary>A mention of the bot, or a message to it alone: answered, and nothing is done because of it.</summary>
    Addressed = 9,
}
