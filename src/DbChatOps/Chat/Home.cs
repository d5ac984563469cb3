namespace DbChatOps.Chat;

/// <summary>
/// Somebody's own page in chat, as a function of state: rendered, hashed, and left alone when equal to what is shown. Its buttons carry ids that are looked
/// up and authorised at the click, as those of messages are.
/// </summary>
public sealed record Home
{
    /// <summary>At the top, before everything else.</summary>
    public IReadOnlyList<Button> Buttons { get; init; } = [];

    public required IReadOnlyList<HomeSection> Sections { get; init; }

    /// <summary>Small print at the bottom.</summary>
    public IReadOnlyList<Phrase> Footnotes { get; init; } = [];
}

/// <summary>Cards under a heading of ours; more than fit are counted, and <see cref="Elsewhere"/> says where the rest is.</summary>
public sealed record HomeSection(string Heading, IReadOnlyList<Card> Cards)
{
    /// <summary>Completes "… and 3 more: ".</summary>
    public Phrase? Elsewhere { get; init; }

    /// <summary>Said where there are no cards.</summary>
    public Phrase? WhenEmpty { get; init; }
}
