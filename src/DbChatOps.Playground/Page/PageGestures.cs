using System.Text.Json.Nodes;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Page;

/// <summary>The gestures of the page: finds what the page names by id on that person's screen, and lets <see cref="Gestures"/> do it.</summary>
internal sealed class PageGestures(SlackWorkspace slack)
{
    private readonly SlackWorld _world = slack.World;

    /// <summary>Does it, and says what people are told of the outcome.</summary>
    /// <exception cref="ImpossibleGestureException">The person does not see it, or cannot do that with it.</exception>
    public async Task<JsonObject> DoAsync(string gesture, SlackUser me, JsonObject wish, CancellationToken ct) => gesture switch
    {
        "say" => Outcome(await slack.Gestures.SayAsync(me, Conversation(me, wish), wish.Text("text") ?? "", Thread(me, wish), ct)),
        "press" => Outcome(await slack.Gestures.PressAsync(me, FillAndFind(me, wish), ct)),
        "choose" => Outcome(await slack.Gestures.ChooseAsync(me, FillAndFind(me, wish), Choices(wish), ct)),
        "fill" => Fill(me, wish),
        "suggest" => new JsonObject { ["options"] = Json.Array((await slack.Gestures.SuggestAsync(me, Find(me, wish), wish.Text("typed") ?? "", ct)).Select(option => option.DeepClone())) },
        "submit" => Outcome(await slack.Gestures.SubmitAsync(me, Filled(me, wish), ct)),
        "close" => Outcome(await slack.Gestures.CloseAsync(me, Front(me, wish), ct)),
        "home" => Outcome(await slack.Gestures.OpenHomeAsync(me, ct)),
        "shortcut" => Outcome(await slack.Gestures.UseShortcutAsync(me, Message(me, wish), wish.Text("shortcut") ?? "", ct)),
        "react" => Outcome(await slack.Gestures.ReactAsync(me, Message(me, wish), wish.Text("name") ?? "", ct)),
        "dismiss" => Dismiss(me, wish),
        "share" => Share(me, wish),
        _ => throw new ImpossibleGestureException($"Nobody knows how to {gesture}."),
    };

    /// <summary>What a person is told when the bot did not answer well; nothing otherwise.</summary>
    private static JsonObject Outcome(BotAnswer? answer) => new() { ["trouble"] = answer?.Trouble };

    private static IReadOnlyList<string> Choices(JsonObject wish) => wish["choices"] is JsonArray choices
        ? [.. choices.Select(choice => choice is JsonValue value && value.TryGetValue<string>(out var text) ? text : "")]
        : [];

    private SlackChannel Conversation(SlackUser me, JsonObject wish) => _world.Change(() =>
    {
        var id = wish.Text("in") ?? "";
        var channel = id == SlackWorld.DirectIdOf(me.Id) ? _world.DirectWith(me.Id) : _world.Channels.GetValueOrDefault(id);
        // A conversation somebody is not in is, to them, not there.
        return channel is not null && channel.Members.Contains(me.Id) ? channel : throw new ImpossibleGestureException("You are not in this conversation.");
    });

    private string? Thread(SlackUser me, JsonObject wish)
    {
        if (wish.Text("thread") is not { } thread) return null;
        var parent = _world.Read(() => _world.Messages.GetValueOrDefault(thread));
        return parent is { IsEphemeral: false } && parent.ChannelId == wish.Text("in") && slack.Sights.Sees(me, parent)
            ? thread
            : throw new ImpossibleGestureException("There is no such thread.");
    }

    private SlackMessage Message(SlackUser me, JsonObject wish) => _world.Read(() =>
        _world.Messages.GetValueOrDefault(wish.Text("ts") ?? "") is { } message && slack.Sights.Sees(me, message)
            ? message
            : throw new ImpossibleGestureException("This message is gone."));

    /// <summary>The dialog in front; one beneath cannot be touched.</summary>
    private SlackView Front(SlackUser me, JsonObject wish) => slack.Sights.TopModal(me) is { } top && top.Id == wish.Text("view")
        ? top
        : throw new ImpossibleGestureException("This dialog is gone.");

    private SlackView View(SlackUser me, JsonObject wish) =>
        slack.Sights.Home(me) is { } home && home.Id == wish.Text("view") ? home : Front(me, wish);

    private SlackView Filled(SlackUser me, JsonObject wish)
    {
        FillAll(me, wish);
        return Front(me, wish);
    }

    private Found FillAndFind(SlackUser me, JsonObject wish)
    {
        FillAll(me, wish);
        return Find(me, wish);
    }

    private JsonObject Fill(SlackUser me, JsonObject wish)
    {
        FillAll(me, wish);
        return [];
    }

    /// <summary>Before anything is sent, what stands in the form goes in.</summary>
    private void FillAll(SlackUser me, JsonObject wish)
    {
        foreach (var field in wish["fields"].Objects())
        {
            var view = View(me, wish);
            slack.Gestures.Fill(me, Pick(Found.Within(view), field), Choices(field));
        }
    }

    private Found Find(SlackUser me, JsonObject wish) => wish.Text("view") is not null
        ? Pick(Found.Within(View(me, wish)), wish)
        : Pick(Found.Within(Message(me, wish)), wish);

    private static Found Pick(IEnumerable<Found> seen, JsonObject wish) =>
        seen.FirstOrDefault(found => found.Block.Text("block_id") == wish.Text("block") && found.Element.Text("action_id") == wish.Text("action"))
        ?? throw new ImpossibleGestureException("This is not on the screen any more.");

    private JsonObject Share(SlackUser me, JsonObject wish)
    {
        SharedFile.Share(_world, me, Conversation(me, wish), Thread(me, wish), wish);
        return [];
    }

    private JsonObject Dismiss(SlackUser me, JsonObject wish)
    {
        var message = Message(me, wish);
        if (!message.IsEphemeral) throw new ImpossibleGestureException("Only what nobody else sees can be put away.");
        slack.Delete(message);
        return [];
    }
}
