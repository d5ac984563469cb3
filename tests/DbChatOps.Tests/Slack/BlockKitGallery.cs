using System.Text.Json.Nodes;
using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Chat;
using DbChatOps.Configurations;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Slack;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Tests.Access;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Slack;

/// <summary>What one call or answer puts on a screen of Slack.</summary>
internal sealed record Drawn(string Name, Surface Surface, JsonObject Json);

/// <summary>
/// Everything that the bot puts on Slack's screens: in every state, with the worst texts, and at its longest. What the bot draws anew is added to
/// <see cref="Cards"/>, <see cref="Dialogs"/> or <see cref="Ordinary"/>, and is judged by everything that judges.
/// </summary>
internal static class BlockKitGallery
{
    private const int Many = 300;

    /// <summary>One text of each way in which texts go wrong.</summary>
    public static IReadOnlyList<(string Name, string Text)> WorstTexts { get; } =
    [
        ("markup", "<!channel> <https://evil.example|Approve> *bold* _it_ ~gone~ `code` ```block``` &amp; > quoted :red_circle:"),
        ("turned around", "\u202egnirts desrever\u2066 a\u200bb\u200dc"),
        ("control characters", "line\nbreak\r\n\0\u0001\u001b[31mred"),
        ("half characters", "\ude42\ud83d " + new string('\ud83d', 5_000)),
        ("nothing", " "),
        ("long", new string('x', 100_000)),
        ("long emoji", string.Concat(Enumerable.Repeat("🙂", 50_000))),
        ("long entities", new string('&', 5_000)),
        ("long quotes", new string('"', 5_000)),
    ];

    public static IEnumerable<Drawn> All() => Ordinary().Concat(WorstTexts.SelectMany(worst => Saying(worst.Name, worst.Text)));

    /// <summary>Everything as people meet it, and lists that are longer than Slack would take.</summary>
    public static IEnumerable<Drawn> Ordinary()
    {
        foreach (var (name, card) in Cards())
        {
            yield return new Drawn(name, Surface.Message, BlockKitPresenter.Message(card));
        }

        foreach (var (name, dialog) in Dialogs())
        {
            yield return new Drawn(name, Surface.Modal, BlockKitPresenter.View(dialog));
        }

        foreach (var (name, home) in Gallery.Homes())
        {
            yield return new Drawn(name, Surface.Home, BlockKitPresenter.Page(home));
        }

        // A reply that a submission is answered with takes the dialog's place.
        foreach (var (name, card) in Cards())
        {
            yield return new Drawn("in place of a dialog: " + name, Surface.Modal, AcknowledgementBody.Of(DeliveryKind.DialogSubmitted, new Acknowledgement.Reply(card))!["view"]!.DeepClone().AsObject());
        }
    }

    /// <summary>Everything in which somebody outside can choose a text, with this one.</summary>
    public static IEnumerable<Drawn> Saying(string name, string text)
    {
        var cards = Gallery.CardsSaying(text).Concat([AccessReplies.Addressed("grants " + text, isInThread: true), AlertCards.ForOperators(Alert(text, 3)), NoteConfiguration.Announcement(Change(text, 3))]);
        foreach (var (at, card) in cards.Index())
        {
            yield return new Drawn($"{name}, card {at}", Surface.Message, BlockKitPresenter.Message(card));
        }

        var dialogs = Gallery.DialogsSaying(text).Concat([AccessDialogs.Revoke(Gallery.Held(text)), AccessDialogs.CutOff(new CutOffOrder(Asker.Id, text), Preview(text, 1)), AccessDialogs.Answer(AccessReplies.Who(Gallery.Held(text)))]);
        foreach (var (at, dialog) in dialogs.Index())
        {
            yield return new Drawn($"{name}, dialog {at}", Surface.Modal, BlockKitPresenter.View(dialog));
        }

        foreach (var (at, home) in Gallery.HomesSaying(text).Index())
        {
            yield return new Drawn($"{name}, home {at}", Surface.Home, BlockKitPresenter.Page(home));
        }
    }

    private static IEnumerable<(string Name, Card Card)> Cards()
    {
        foreach (var entry in Gallery.Cards().Concat(Gallery.CardsWithoutTarget()))
        {
            yield return entry;
        }

        yield return ("many addresses", GrantCards.ManyAddresses(Active()));
        yield return ("reply: to words", AccessReplies.Addressed("hello?", isInThread: false));
        yield return ("reply: to a command in words, in a thread", AccessReplies.Addressed("access orders-prod read 30m checking INC-42", isInThread: true));
        yield return ("reply: would cut off", Preview("suspicious", 1));
        yield return ("reply: would cut off nothing", AccessReplies.WouldCutOff(new CutOffOrder(Asker.Id, ""), [], []));
        yield return ("alert", AlertCards.ForOperators(Alert("The wrong server answers", 2)));
        yield return ("alert, over", AlertCards.ForOperators(Alert("The wrong server answers", 0) with { State = AlertState.Resolved, ResolvedAt = At(9) }));
        yield return ("configuration changed", NoteConfiguration.Announcement(Change("Policies: orders was added", 2)));

        yield return ("long: requests", AccessReplies.Requests([.. Enumerable.Repeat(Pending(), Many)], [.. Enumerable.Repeat(Pending(AccessLevel.Write), Many)]));
        yield return ("long: grants", AccessReplies.Grants([.. Enumerable.Repeat(Active(), Many)], everybody: true));
        yield return ("long: targets", AccessReplies.Targets([.. Enumerable.Repeat((OrdersProd, (IReadOnlyList<(AccessLevel, DbChatOps.Policies.AccessPolicy)>)[(AccessLevel.Read, ReadPolicy), (AccessLevel.Write, WritePolicy)]), Many)]));
        yield return ("long: would cut off", Preview("suspicious", Many));
        yield return ("long: cut off", AccessReplies.CutOff(Asker.Id, [.. Enumerable.Repeat(Request(RequestState.Denied), Many)], [.. Enumerable.Repeat(Revoking(), Many)], [.. Enumerable.Repeat(GrantRules.Unknown, Many)]));
        yield return ("long: alert", AlertCards.ForOperators(Alert("Everything", Many)));
        yield return ("long: configuration changed", NoteConfiguration.Announcement(Change("Policies: orders was added", Many)));
        yield return ("long: who am I", AccessReplies.WhoAmI(Asker, [.. Enumerable.Range(0, Many).Select(number => $"group-{number}")], Many));
    }

    private static IEnumerable<(string Name, Dialog Dialog)> Dialogs()
    {
        foreach (var entry in Gallery.Dialogs())
        {
            yield return entry;
        }

        yield return ("ask", AccessDialogs.Ask(Enum.GetValues<AccessLevel>()));
        yield return ("revoke", AccessDialogs.Revoke(Active()));
        yield return ("cut off", AccessDialogs.CutOff(new CutOffOrder(Asker.Id, "suspicious"), Preview("suspicious", 1)));
        yield return ("long: cut off", AccessDialogs.CutOff(new CutOffOrder(Asker.Id, "suspicious"), Preview("suspicious", Many)));
        yield return ("answer", AccessDialogs.Answer(AccessReplies.Who(Active())));
        yield return ("long: approve", AccessDialogs.Approve(Pending(AccessLevel.Write), new ReviewBackground
        {
            Earlier = [.. Enumerable.Repeat(Request(RequestState.Denied), Many)],
            AlsoReaches = [.. Enumerable.Range(0, Many).Select(number => $"billing.table_{number}")],
            Owed = [.. Enumerable.Repeat(Active(), Many)],
        }));
    }

    private static Card Preview(string text, int times) =>
        AccessReplies.WouldCutOff(new CutOffOrder(Asker.Id, text), [.. Enumerable.Repeat(Gallery.Asked(text), times)], [.. Enumerable.Repeat(Gallery.Held(text), times)]);

    private static Alert Alert(string text, int details) => new()
    {
        Key = "wrong_server:prod", State = AlertState.Raised, Summary = text, Component = text, Details = [.. Enumerable.Repeat(text, details)], Channel = "C1", RaisedAt = At(1),
    };

    private static ConfigurationChange Change(string text, int times) => new(1, At(1), [.. Enumerable.Repeat(text, times)], "C1");
}
