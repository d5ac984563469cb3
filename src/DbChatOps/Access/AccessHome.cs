using DbChatOps.Chat;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>What one person holds, has to decide, waits for and may ask for: their page in chat.</summary>
public static class AccessHome
{
    /// <summary>Opens the dialog that asks for access; it is about nothing yet.</summary>
    public const string AskAction = "ask";

    private static readonly Button AskButton = new(AskAction, "Ask for access…", "new") { Style = ButtonStyle.Primary };

    public static Home Of(HomeSight sight) => new()
    {
        Buttons = sight.Offers.Count > 0 ? [AskButton] : [],
        Sections =
        [
            new HomeSection("Your access", [.. sight.Held.OrderBy(grant => grant.State).ThenBy(grant => grant.Expiry).Select(Held)])
            {
                Elsewhere = Phrase.Of($"`/db grants`"),
                WhenEmpty = Phrase.Of($"You have no access now."),
            },
            .. sight.Waiting.Count > 0 ? [Requests("Waiting for you", sight.Waiting.Select(request => Briefly(RequestCards.ForApprovers(request, null, sight.Policies))))] : Array.Empty<HomeSection>(),
            .. sight.Asked.Count > 0 ? [Requests("You asked for", sight.Asked.Select(request => Briefly(RequestCards.ForRequester(request, sight.Policies))))] : Array.Empty<HomeSection>(),
            new HomeSection("What you may ask for", sight.Offers.Count > 0 ? [AccessReplies.Targets(sight.Offers) with { Title = Phrase.Empty }] : [])
            {
                WhenEmpty = Phrase.Of($"No policy lets you ask for anything here."),
            },
        ],
        Footnotes = [Phrase.Of($"All of it can be typed, too: `/db help` says how.")],
    };

    /// <summary>For an account that may take no part.</summary>
    public static Home Refused(Refusal refusal) => new() { Sections = [new HomeSection("DbChatOps", [AccessReplies.Refused(refusal)])] };

    private static HomeSection Requests(string heading, IEnumerable<Card> cards) => new(heading, [.. cards]) { Elsewhere = Phrase.Of($"`/db requests`") };

    private static Card Held(Grant grant) => Briefly(GrantCards.ForHolder(grant));

    /// <summary>The dialogs behind the buttons say all of it once more.</summary>
    private static Card Briefly(Card card) => card with { Fields = [] };
}

/// <summary>What is needed to draw a person's page.</summary>
public sealed record HomeSight
{
    /// <summary>Grants of theirs that have not ended for good.</summary>
    public required IReadOnlyList<Grant> Held { get; init; }

    /// <summary>Open requests that they could decide.</summary>
    public required IReadOnlyList<AccessRequest> Waiting { get; init; }

    /// <summary>Open requests of theirs.</summary>
    public required IReadOnlyList<AccessRequest> Asked { get; init; }

    public required IReadOnlyList<(Target Target, IReadOnlyList<(AccessLevel Level, AccessPolicy Policy)> Offers)> Offers { get; init; }

    public required PolicyBook Policies { get; init; }
}
