using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>An element somebody sees, and where: in a message or in a view.</summary>
internal sealed record Found
{
    public required JsonObject Block { get; init; }
    public required JsonObject Element { get; init; }
    public SlackMessage? Message { get; init; }
    public SlackView? View { get; init; }

    /// <summary>
    /// The elements a person could act on, nearest first: the dialog in front, then messages newest first, then Home.
    /// With <paramref name="where"/>, only messages of that conversation.
    /// </summary>
    public static IEnumerable<Found> SeenBy(SlackUser user, SlackSights sights, SlackChannel? where)
    {
        if (where is null && sights.TopModal(user) is { } modal)
        {
            foreach (var found in Within(modal)) yield return found;
        }

        foreach (var message in sights.Visible(user))
        {
            if (where is not null && !string.Equals(where.Id, message.ChannelId, StringComparison.Ordinal)) continue;
            foreach (var found in Within(message)) yield return found;
        }

        if (where is null && sights.Home(user) is { } home)
        {
            foreach (var found in Within(home)) yield return found;
        }
    }

    public static IEnumerable<Found> Within(SlackView view) =>
        view.Blocks.SelectMany(block => ViewState.ElementsOf(block).Select(element => new Found { Block = block, Element = element, View = view }));

    public static IEnumerable<Found> Within(SlackMessage message) =>
        message.Blocks.Objects().Concat(message.Attachments.Objects().SelectMany(attachment => attachment["blocks"].Objects()))
            .SelectMany(block => ViewState.ElementsOf(block).Select(element => new Found { Block = block, Element = element, Message = message }));

    public bool IsButton(string textOrAction) =>
        Element.Text("type") is "button" && (Same(Element["text"].Text("text"), textOrAction) || Same(Element.Text("action_id"), textOrAction));

    /// <summary>Named by label, block id, action id or placeholder.</summary>
    public bool IsField(string name) =>
        ViewState.ValueMember(Element) is not null
        && (Same(Block["label"].Text("text"), name) || Same(Block.Text("block_id"), name)
            || Same(Element.Text("action_id"), name) || Same(Element["placeholder"].Text("text"), name));

    private static bool Same(string? left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
