using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>
/// What a person can do with one thing on their screen. The driver names things as people do, the page by their ids; both end here, so that
/// the bot is sent the same whoever plays. What cannot be done on a real screen throws <see cref="ImpossibleGestureException"/>.
/// </summary>
internal sealed partial class Gestures(SlackWorkspace slack)
{
    private readonly SlackWorld _world = slack.World;
    private readonly Talk _talk = new(slack);

    /// <summary>What the bot last offered in an external select, by person and place: only that can be chosen.</summary>
    private readonly ConcurrentDictionary<(string User, string Place, string Block, string Action), IReadOnlyList<JsonObject>> _offered = new();

    /// <summary>A slash command, or a message. Null when the bot is not told of it.</summary>
    public async Task<BotAnswer?> SayAsync(SlackUser who, SlackChannel where, string text, string? threadTs, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new ImpossibleGestureException("There is nothing to send.");
        if (!where.Members.Contains(who.Id)) throw new ImpossibleGestureException($"{who} is not in {where}.");
        if (where.IsArchived) throw new ImpossibleGestureException($"{where} is archived.");
        if (!text.StartsWith('/')) return await _talk.SayAsync(who, where, Mentions.InMessage(text, _world), threadTs, ct);
        if (threadTs is not null) throw new ImpossibleGestureException("Slash commands cannot be used in threads.");

        var line = Mentions.InCommand(text, _world).Split(' ', 2);
        return await slack.Commands.TypeAsync(who, where, line[0], line.Length > 1 ? line[1].Trim() : "", ct);
    }

    public Task<BotAnswer> PressAsync(SlackUser who, Found button, CancellationToken ct) => ActAsync(who, button, chosen: null, ct);

    /// <summary>Picks from a menu outside a form, or in a form field that reports each choice.</summary>
    public Task<BotAnswer> ChooseAsync(SlackUser who, Found menu, IReadOnlyList<string> choices, CancellationToken ct) =>
        ActAsync(who, menu, FieldValues.Of(menu.Element, choices, _world, Offered(who, menu)), ct);

    /// <summary>Puts something into a field of a form. The bot learns of it with the next press or the submission.</summary>
    public void Fill(SlackUser who, Found field, IReadOnlyList<string> choices)
    {
        var chosen = FieldValues.Of(field.Element, choices, _world, Offered(who, field));
        _world.Change(() =>
        {
            if (!_world.Views.TryGetValue(field.View!.Id, out var current)) throw new ImpossibleGestureException("The dialog is gone.");
            _world.Views[current.Id] = current with { StateValues = Clicks.With(current.StateValues, field.Block, field.Element, chosen) };
        });
    }

    public async Task<IReadOnlyList<JsonObject>> SuggestAsync(SlackUser who, Found field, string typed, CancellationToken ct) =>
        _offered[Key(who, field)] = await slack.Clicks.SuggestAsync(who, field, typed, ct);

    public Task<BotAnswer> SubmitAsync(SlackUser who, SlackView view, CancellationToken ct)
    {
        if (view.Content["submit"] is null && view.Blocks.All(block => block.Text("type") is not "input"))
            throw new ImpossibleGestureException($"The dialog cannot be submitted:\n{slack.Sights.Read(view)}");
        if (Found.Within(view).FirstOrDefault(field => IsMissing(view, field)) is { } missing)
            throw new ImpossibleGestureException($"\"{missing.Block["label"].Text("text")}\" must be filled in:\n{slack.Sights.Read(view)}");
        return slack.Submissions.SubmitAsync(who, view, ct);
    }

    /// <summary>The answer is null when the app did not ask to be told.</summary>
    public Task<BotAnswer?> CloseAsync(SlackUser who, SlackView view, CancellationToken ct) => slack.Submissions.CloseAsync(who, view, ct);

    public Task<BotAnswer> OpenHomeAsync(SlackUser who, CancellationToken ct) => _talk.OpenHomeAsync(who, ct);

    /// <summary>Adds a reaction, or takes one's own back. The answer is null when the bot is not told.</summary>
    public Task<BotAnswer?> ReactAsync(SlackUser who, SlackMessage message, string reaction, CancellationToken ct)
    {
        if (!ReactionName().IsMatch(reaction)) throw new ImpossibleGestureException("There is no such reaction.");
        if (message.IsEphemeral) throw new ImpossibleGestureException("Nobody can react to this.");
        return _talk.ReactAsync(who, message, reaction, ct);
    }

    public Task<BotAnswer> UseShortcutAsync(SlackUser who, SlackMessage message, string callbackId, CancellationToken ct)
    {
        if (slack.Settings.App.MessageShortcuts.All(shortcut => shortcut.CallbackId != callbackId))
            throw new ImpossibleGestureException($"The app has no shortcut \"{callbackId}\".");
        if (message.IsEphemeral) throw new ImpossibleGestureException("A message that only you see has no shortcuts.");
        return slack.Shortcuts.OnMessageAsync(who, message, callbackId, ct);
    }

    [GeneratedRegex("^[a-z0-9_+-]{1,40}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReactionName();

    private static bool IsMissing(SlackView view, Found field) =>
        field.Block.Text("type") is "input" && !field.Block.Flag("optional") && ViewState.ValueMember(field.Element) is { } member
        && FieldValues.IsEmpty(view.StateValues[field.Block.Text("block_id") ?? ""]?[field.Element.Text("action_id") ?? ""]?[member]);

    private static (string User, string Place, string Block, string Action) Key(SlackUser who, Found found) =>
        (who.Id, found.View?.Id ?? found.Message!.Ts, found.Block.Text("block_id") ?? "", found.Element.Text("action_id") ?? "");

    /// <summary>What the bot offered, and what stands in the field already.</summary>
    private IReadOnlyList<JsonObject> Offered(SlackUser who, Found found)
    {
        var offered = _offered.GetValueOrDefault(Key(who, found)) ?? [];
        if (found.Element.Text("type") is not ("external_select" or "multi_external_select")) return offered;
        var (_, _, block, action) = Key(who, found);
        var value = (found.View?.StateValues ?? found.Message!.StateValues)[block]?[action];
        return [.. offered, .. value?["selected_option"] is JsonObject one ? [one] : Array.Empty<JsonObject>(), .. value?["selected_options"].Objects() ?? []];
    }

    private Task<BotAnswer> ActAsync(SlackUser who, Found found, JsonNode? chosen, CancellationToken ct) => found switch
    {
        { Message: { } message } => slack.Clicks.InMessageAsync(who, message, found.Block, found.Element, chosen, ct),
        { View: { } view } => slack.Clicks.InViewAsync(who, view, found.Block, found.Element, chosen, ct),
        _ => throw new UnreachableException(),
    };
}
