using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>
/// Plays people: types, presses, fills in and submits, and waits for what they would see. Bound to one run's cancellation token, so that a
/// story reads as one. A gesture that nobody could make on a real screen throws <see cref="ImpossibleGestureException"/>.
/// </summary>
public sealed class SlackDriver(SlackWorkspace slack, CancellationToken ct)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public SlackWorkspace Slack { get; } = slack;

    public SlackSights Sights { get; } = slack.Sights;

    private Gestures Gestures => Slack.Gestures;

    /// <summary>
    /// Types a line, in #general unless told: a slash command, or a message (which the bot learns of in its direct conversation, or when mentioned).
    /// </summary>
    public Task<BotAnswer?> Says(SlackUser who, string text, SlackChannel? where = null, string? threadTs = null) =>
        Gestures.SayAsync(who, Slack.World.Read(() => Slack.World.Channels[(where ?? Seed.General).Id]), text, threadTs, ct);

    /// <summary>Types into the direct conversation with the bot.</summary>
    public Task<BotAnswer?> SaysDirectly(SlackUser who, string text) =>
        Says(who, text, Slack.World.Change(() => Slack.World.DirectWith(who.Id)));

    /// <summary>Presses the nearest visible button with this text or action id: in the dialog in front, in messages newest first, on Home.</summary>
    public Task<BotAnswer> Presses(SlackUser who, string button, SlackChannel? where = null)
    {
        var found = Found.SeenBy(who, Sights, where).FirstOrDefault(candidate => candidate.IsButton(button))
            ?? throw new ImpossibleGestureException($"{who} sees no button \"{button}\". On screen:\n{Sights.Screen(who)}");
        return Gestures.PressAsync(who, found, ct);
    }

    /// <summary>Presses a button of this very message, as it was seen; also when it has been changed or deleted since.</summary>
    public Task<BotAnswer> PressesOn(SlackUser who, SlackMessage seen, string button)
    {
        var found = Found.Within(seen).FirstOrDefault(candidate => candidate.IsButton(button))
            ?? throw new ImpossibleGestureException($"The message has no button \"{button}\".");
        return Gestures.PressAsync(who, found, ct);
    }

    /// <summary>Presses a button of Home as it was seen; also when it has been drawn anew since.</summary>
    public Task<BotAnswer> PressesOnHome(SlackUser who, SlackView seen, string button)
    {
        var found = Found.Within(seen).FirstOrDefault(candidate => candidate.IsButton(button))
            ?? throw new ImpossibleGestureException($"Home has no button \"{button}\":\n{Sights.Read(seen)}");
        return Gestures.PressAsync(who, found, ct);
    }

    /// <summary>Fills in fields of the dialog in front, by label, block id, action id or placeholder; several choices separated by commas.</summary>
    public async Task Fills(SlackUser who, params (string Field, string Value)[] fields)
    {
        foreach (var (field, value) in fields)
        {
            var found = Field(who, field);
            if (found.Element.Text("type") is "external_select" or "multi_external_select") await Gestures.SuggestAsync(who, found, value, ct);
            Gestures.Fill(who, found, FieldValues.Choices(found.Element, value));
        }
    }

    /// <summary>Fills in what is given and submits the dialog in front.</summary>
    public async Task<BotAnswer> Submits(SlackUser who, params (string Field, string Value)[] fields)
    {
        await Fills(who, fields);
        return await Gestures.SubmitAsync(who, Front(who), ct);
    }

    /// <summary>Closes the dialog in front; the answer is null when the app did not ask to be told.</summary>
    public Task<BotAnswer?> Closes(SlackUser who) => Gestures.CloseAsync(who, Front(who), ct);

    /// <summary>Opens the app's Home.</summary>
    public Task<BotAnswer> OpensHome(SlackUser who) => Gestures.OpenHomeAsync(who, ct);

    /// <summary>Picks one of the app's entries in a message's menu.</summary>
    public Task<BotAnswer> UsesShortcut(SlackUser who, SlackMessage message, string callbackId) => Gestures.UseShortcutAsync(who, message, callbackId, ct);

    /// <summary>What the bot offers for typed text in an external select of the dialog in front.</summary>
    public async Task<IReadOnlyList<string>> Suggestions(SlackUser who, string field, string typed)
    {
        var options = await Gestures.SuggestAsync(who, Field(who, field), typed, ct);
        return [.. options.Select(option => option["text"].Text("text") ?? "")];
    }

    /// <summary>Waits until the sight is there; wakes at every change, gives up after ten real seconds unless told otherwise.</summary>
    /// <exception cref="TimeoutException">It did not come. The message says what <paramref name="what"/> was and how every screen looked.</exception>
    public async Task WaitsFor(Func<SlackSights, bool> sight, string what, TimeSpan? within = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(within ?? Patience);
        while (true)
        {
            var change = Slack.World.NextChange();
            if (sight(Sights)) return;
            try
            {
                await change.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException lateness) when (!ct.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited in vain for: {what}\n{Everything()}", lateness);
            }
        }
    }

    /// <summary>Waits until this text stands on somebody's screen.</summary>
    public Task WaitsToSee(SlackUser who, string text, TimeSpan? within = null) =>
        WaitsFor(sights => sights.Screen(who).Contains(text, StringComparison.Ordinal), $"\"{text}\" on the screen of {who}", within);

    private Found Field(SlackUser who, string name)
    {
        var view = Front(who);
        return Found.Within(view).FirstOrDefault(candidate => candidate.IsField(name))
            ?? throw new ImpossibleGestureException($"The dialog has no field \"{name}\":\n{Sights.Read(view)}");
    }

    private SlackView Front(SlackUser who) =>
        Sights.TopModal(who) ?? throw new ImpossibleGestureException($"{who} has no dialog open. On screen:\n{Sights.Screen(who)}");

    private string Everything()
    {
        var people = new[] { Seed.Ana, Seed.Bo, Seed.Cy, Seed.Dee };
        return string.Join("\n\n", people.Select(who => $"=== {who} sees\n{Sights.Screen(who)}"));
    }
}
