using System.Text.Json.Nodes;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.WebApi;

namespace DbChatOps.Playground.World;

/// <summary>The modals on people's screens: at most three upon one another, each with a hash that changes whenever it does.</summary>
internal static class ViewStacks
{
    private const int Deepest = 3;

    public static SlackView? Top(this SlackWorld world, string userId) =>
        world.Stacks.TryGetValue(userId, out var stack) && stack.Count > 0 ? world.Views[stack[^1]] : null;

    public static SlackView? HomeOf(this SlackWorld world, string userId) =>
        world.Homes.TryGetValue(userId, out var id) ? world.Views[id] : null;

    /// <summary>Shows a modal; whatever modals the person had open make way.</summary>
    public static SlackView Open(this SlackWorld world, string userId, JsonObject content)
    {
        world.RequireFreshExternalId(content, except: null);
        world.CloseAll(userId);
        return world.PutOnTop(userId, content);
    }

    public static SlackView Push(this SlackWorld world, string userId, JsonObject content)
    {
        if (world.Stacks.GetValueOrDefault(userId) is { Count: >= Deepest }) throw new SlackErrorException("push_limit_reached");
        world.RequireFreshExternalId(content, except: null);
        return world.PutOnTop(userId, content);
    }

    public static SlackView Update(this SlackWorld world, SlackView view, JsonObject content)
    {
        world.RequireFreshExternalId(content, except: view.Id);
        var shown = Normal.View(content);
        return world.Views[view.Id] = view with
        {
            Hash = world.NewHash(),
            Content = shown,
            StateValues = ViewState.Of(shown["blocks"].Objects(), view.StateValues),
            Errors = view.Errors.Clear(),
            Trouble = null,
        };
    }

    public static SlackView PublishHome(this SlackWorld world, string userId, JsonObject content)
    {
        if (world.HomeOf(userId) is { } home) return world.Update(home, content);
        var view = world.Make(userId, content, beneath: null);
        world.Homes[userId] = view.Id;
        return view;
    }

    /// <summary>Takes the top modal away; the one beneath shows again.</summary>
    public static void CloseTop(this SlackWorld world, string userId)
    {
        if (!world.Stacks.TryGetValue(userId, out var stack) || stack.Count == 0) return;
        world.Views.Remove(stack[^1]);
        stack.RemoveAt(stack.Count - 1);
    }

    public static void CloseAll(this SlackWorld world, string userId)
    {
        while (world.Top(userId) is not null) world.CloseTop(userId);
    }

    private static SlackView PutOnTop(this SlackWorld world, string userId, JsonObject content)
    {
        var view = world.Make(userId, content, world.Top(userId));
        if (!world.Stacks.TryGetValue(userId, out var stack)) world.Stacks[userId] = stack = [];
        stack.Add(view.Id);
        return view;
    }

    private static SlackView Make(this SlackWorld world, string userId, JsonObject content, SlackView? beneath)
    {
        var id = world.NextId("V");
        var shown = Normal.View(content);
        return world.Views[id] = new SlackView
        {
            Id = id,
            UserId = userId,
            Hash = world.NewHash(),
            RootViewId = beneath?.RootViewId ?? id,
            PreviousViewId = beneath?.Id,
            Content = shown,
            StateValues = ViewState.Of(shown["blocks"].Objects(), before: null),
        };
    }

    private static string NewHash(this SlackWorld world) => $"{world.Now.ToUnixTimeSeconds()}.{SlackWorld.Unguessable()[..8]}";

    private static void RequireFreshExternalId(this SlackWorld world, JsonObject content, string? except)
    {
        var wanted = content.Text("external_id");
        if (string.IsNullOrEmpty(wanted)) return;
        if (world.Views.Values.Any(view => string.Equals(view.ExternalId, wanted, StringComparison.Ordinal) && !string.Equals(view.Id, except, StringComparison.Ordinal)))
            throw new SlackErrorException("duplicate_external_id");
    }
}
