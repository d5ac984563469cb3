using System.Collections.Immutable;
using System.Text.Json.Nodes;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.WebApi;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>A person submits or closes a modal, and Slack does what the bot's answer says.</summary>
internal sealed class Submissions(SlackWorld world, BotDoorway bot)
{
    private const string Trouble = "We had some trouble connecting. Try again?";

    public async Task<BotAnswer> SubmitAsync(SlackUser user, SlackView view, CancellationToken ct)
    {
        var payload = Payloads.Of("view_submission", user);
        payload["trigger_id"] = world.Change(() => world.IssueTrigger(user.Id, view.Id)).Id;
        payload["view"] = Payloads.Echo(view, user);
        payload["response_urls"] = new JsonArray();
        var answer = await bot.SendPayloadAsync(payload, ct);
        world.Change(() =>
        {
            try
            {
                Follow(user, view, answer);
            }
            catch (SlackErrorException)
            {
                Complain(view);
            }
        });
        return answer;
    }

    public Task<BotAnswer?> CloseAsync(SlackUser user, SlackView view, CancellationToken ct)
    {
        var clears = view.Content.Flag("clear_on_close");
        world.Change(() =>
        {
            if (clears) world.CloseAll(user.Id);
            else world.CloseTop(user.Id);
        });
        return view.Content.Flag("notify_on_close") ? NotifyAsync() : Task.FromResult<BotAnswer?>(null);

        async Task<BotAnswer?> NotifyAsync()
        {
            var payload = Payloads.Of("view_closed", user);
            payload["view"] = Payloads.Echo(view, user);
            payload["is_cleared"] = clears;
            return await bot.SendPayloadAsync(payload, ct);
        }
    }

    private void Follow(SlackUser user, SlackView submitted, BotAnswer answer)
    {
        // Meanwhile the bot may have updated the view over the Web API.
        if (!world.Views.TryGetValue(submitted.Id, out var view)) return;
        if (!answer.IsAcknowledged)
        {
            Complain(view);
            return;
        }

        if (answer.Body.Trim() is "" or "{}")
        {
            world.CloseTop(user.Id);
            return;
        }

        var body = Json.TryParse(answer.Body) as JsonObject ?? [];
        switch (body.Text("response_action"))
        {
            case "errors" when body["errors"] is JsonObject errors && AreOfInputs(view, errors):
                world.Views[view.Id] = view with
                {
                    Errors = errors.ToImmutableDictionary(error => error.Key, error => error.Value?.ToString() ?? "", StringComparer.Ordinal),
                    Trouble = null,
                };
                break;
            case "update" when body["view"] is JsonObject next:
                BlockKitCheck.Modal(next);
                world.Update(view, next);
                break;
            case "push" when body["view"] is JsonObject next:
                BlockKitCheck.Modal(next);
                world.Push(user.Id, next);
                break;
            case "clear":
                world.CloseAll(user.Id);
                break;
            default:
                Complain(view);
                break;
        }
    }

    /// <summary>Errors may name input blocks only; Slack shows its own complaint otherwise.</summary>
    private static bool AreOfInputs(SlackView view, JsonObject errors) => errors.Count > 0 && errors.All(error =>
        view.Blocks.Any(block => block.Text("type") is "input" && string.Equals(block.Text("block_id"), error.Key, StringComparison.Ordinal)));

    private void Complain(SlackView view)
    {
        if (world.Views.TryGetValue(view.Id, out var current)) world.Views[view.Id] = current with { Trouble = Trouble };
    }
}
