using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>Messages and views as readable text: mentions by name, dates by their fallback, buttons in brackets, inputs with what stands in them.</summary>
internal sealed class PlainText(SlackWorld world)
{
    private readonly Mrkdwn _mrkdwn = new(world);

    public string Of(SlackMessage message)
    {
        var author = world.Users.GetValueOrDefault(message.UserId)?.ToString() ?? "@slackbot";
        var files = message.FileIds.Select(id => $"📄 {world.Files[id].Title ?? world.Files[id].Name}");
        var attachments = message.Attachments.Objects().SelectMany(attachment => Blocks(attachment["blocks"], values: null, errors: null)
            .Append(_mrkdwn.Read(attachment.Text("text") ?? "")));
        var body = message.Blocks is null ? [_mrkdwn.Read(message.Text)] : Blocks(message.Blocks, message.StateValues, errors: null);
        return $"{author}: {Lines([.. body, .. attachments, .. files])}";
    }

    public string Of(SlackView view)
    {
        var lines = new List<string> { view.IsHome ? "── Home ──" : $"── {Text(view.Content["title"])} ──" };
        if (view.Trouble is { } trouble) lines.Add("⚠ " + trouble);
        lines.AddRange(Blocks(view.Content["blocks"], view.StateValues, view.Errors));
        if (view.Content["submit"] is { } submit) lines.Add($"[{Text(submit)}]");
        return Lines(lines);
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Where(line => line.Length > 0));

    private IEnumerable<string> Blocks(JsonNode? blocks, JsonObject? values, IReadOnlyDictionary<string, string>? errors) =>
        blocks.Objects().SelectMany(block => Block(block, values, errors));

    private IEnumerable<string> Block(JsonObject block, JsonObject? values, IReadOnlyDictionary<string, string>? errors)
    {
        switch (block.Text("type"))
        {
            case "section":
                yield return Text(block["text"]);
                foreach (var field in block["fields"].Objects()) yield return Text(field);
                if (block["accessory"] is JsonObject accessory) yield return Element(block, accessory, values);
                break;
            case "header":
                yield return Text(block["text"]);
                break;
            case "markdown":
                yield return block.Text("text") ?? "";
                break;
            case "alert":
                yield return "⚠ " + Text(block["text"]);
                break;
            case "divider":
                yield return "---";
                break;
            case "context":
                yield return string.Join(" · ", block["elements"].Objects().Select(element => element.Text("alt_text") ?? Text(element)));
                break;
            case "actions":
                yield return string.Join(' ', block["elements"].Objects().Select(element => Element(block, element, values)));
                break;
            case "image":
                yield return $"🖼 {block.Text("alt_text")}";
                break;
            case "rich_text":
                yield return _mrkdwn.ReadRich(block);
                break;
            case "table":
                foreach (var row in block["rows"] as JsonArray ?? []) yield return string.Join(" | ", row.Objects().Select(cell => cell.Text("text") ?? _mrkdwn.ReadRich(cell)));
                break;
            case "input" when block["element"] is JsonObject element:
                yield return $"{Text(block["label"])}{(block.Flag("optional") ? " (optional)" : "")}: {Element(block, element, values)}";
                if (block["hint"] is { } hint) yield return $"  {Text(hint)}";
                if (errors is not null && errors.TryGetValue(block.Text("block_id") ?? "", out var error)) yield return $"  ✗ {error}";
                break;
        }
    }

    private string Element(JsonObject block, JsonObject element, JsonObject? values)
    {
        if (element.Text("type") is "button") return $"[{Text(element["text"])}]";
        if (element.Text("type") is "image") return element.Text("alt_text") ?? "";

        var value = values?[block.Text("block_id") ?? ""]?[element.Text("action_id") ?? ""] as JsonObject;
        var chosen = ViewState.ValueMember(element) is { } member ? Value(value?[member]) : "";
        if (chosen.Length > 0) return $"‹{chosen}›";
        return element["placeholder"] is { } placeholder ? $"‹{Text(placeholder)}›" : "‹›";
    }

    private string Value(JsonNode? value) => value switch
    {
        null => "",
        JsonObject option => option["text"] is JsonObject text ? Text(text) : _mrkdwn.ReadRich(option),
        JsonArray several => string.Join(", ", several.Select(Value)),
        _ => world.Users.GetValueOrDefault(value.ToString())?.ToString() ?? value.ToString(),
    };

    private string Text(JsonNode? text) => text.Text("type") is "mrkdwn" ? _mrkdwn.Read(text.Text("text") ?? "") : text.Text("text") ?? "";
}
