using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace DbChatOps.Playground.World;

/// <summary>A modal on somebody's screen, or somebody's Home page.</summary>
public sealed record SlackView
{
    public required string Id { get; init; }
    public required string UserId { get; init; }

    /// <summary>Changes with every update; an update that names an older one is refused with <c>hash_conflict</c>.</summary>
    public required string Hash { get; init; }

    public required string RootViewId { get; init; }
    public string? PreviousViewId { get; init; }

    /// <summary>What the app sent, with the parts Slack adds: block ids, action ids, emoji and verbatim flags.</summary>
    public required JsonObject Content { get; init; }

    /// <summary>What stands in the inputs, by block and action.</summary>
    public required JsonObject StateValues { get; init; }

    /// <summary>Field errors of the last submission, by block.</summary>
    public ImmutableDictionary<string, string> Errors { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Slack's own message when the app did not answer well.</summary>
    public string? Trouble { get; init; }

    public bool IsHome => string.Equals(Content.Text("type"), "home", StringComparison.Ordinal);

    public string ExternalId => Content.Text("external_id") ?? "";

    public string CallbackId => Content.Text("callback_id") ?? "";

    public IEnumerable<JsonObject> Blocks => Content["blocks"].Objects();

    /// <summary>The full view object that Slack answers with and echoes in interactions.</summary>
    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["team_id"] = Seed.TeamId,
        ["type"] = Content.Text("type"),
        ["blocks"] = Content["blocks"]?.DeepClone() ?? new JsonArray(),
        ["private_metadata"] = Content.Text("private_metadata") ?? "",
        ["callback_id"] = CallbackId,
        ["state"] = new JsonObject { ["values"] = StateValues.Copy() },
        ["hash"] = Hash,
        ["title"] = Content["title"]?.DeepClone() ?? new JsonObject { ["type"] = "plain_text", ["text"] = "View Title", ["emoji"] = true },
        ["clear_on_close"] = Content.Flag("clear_on_close"),
        ["notify_on_close"] = Content.Flag("notify_on_close"),
        ["close"] = Content["close"]?.DeepClone(),
        ["submit"] = Content["submit"]?.DeepClone(),
        ["previous_view_id"] = PreviousViewId,
        ["root_view_id"] = RootViewId,
        ["app_id"] = Seed.AppId,
        ["external_id"] = ExternalId,
        ["app_installed_team_id"] = Seed.TeamId,
        ["bot_id"] = Seed.BotId,
    };
}
