using System.Text;
using System.Text.Json.Nodes;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>
/// One drawing of a dialog as a modal. A dialog that shows something to copy (credentials) has no interactive element: nothing in it can be
/// sent back to us, and Slack is not asked to tell when it closes.
/// </summary>
internal static class DialogView
{
    private const int MostInputs = 20;
    private const int MostPreformatted = 8;
    private const int MostBytes = 200 * 1024;

    public static JsonObject Draw(Dialog dialog)
    {
        var most = 100;
        var view = Draw(dialog, most);
        while (Encoding.UTF8.GetByteCount(BlockKitText.Json(view)) > MostBytes && most > 1)
        {
            view = Draw(dialog, most /= 2);
        }

        return view;
    }

    private static JsonObject Draw(Dialog dialog, int mostOptions)
    {
        var blocks = dialog.Body is { } body ? BlockKitPresenter.Blocks(body, withButtons: false) : [];
        foreach (var shown in dialog.Preformatted.Take(MostPreformatted))
        {
            blocks.Add(Preformatted(shown));
        }

        var inputs = dialog.Preformatted.Count > 0 ? [] : Inputs(dialog.Inputs, mostOptions).ToList();
        foreach (var input in inputs)
        {
            blocks.Add(input);
        }

        if (blocks.Count == 0)
        {
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = BlockKitText.MrkdwnObject("") });
        }

        var view = new JsonObject
        {
            ["type"] = "modal",
            ["callback_id"] = BlockKitText.Opaque(dialog.Action, 255),
            ["private_metadata"] = BlockKitText.Opaque(dialog.Value, 3000),
            ["title"] = BlockKitText.PlainObject(dialog.Title, 24),
            ["close"] = BlockKitText.PlainObject(dialog.Close, 24),
            ["clear_on_close"] = dialog.ClearOnClose,
            ["notify_on_close"] = false,
            ["blocks"] = blocks,
        };
        if (dialog.Preformatted.Count == 0 && (dialog.Submit ?? (inputs.Count > 0 ? "Submit" : null)) is { } submit)
        {
            view["submit"] = BlockKitText.PlainObject(submit, 24);
        }

        return view;
    }

    private static JsonObject Preformatted(Preformatted shown)
    {
        var text = BlockKitText.Lines(shown.Text.Reveal(), 3000);
        return new JsonObject
        {
            ["type"] = "rich_text",
            ["elements"] = new JsonArray(
                RichText.Section(BlockKitText.PlainOrDash(shown.Label, 150), bold: true),
                RichText.Element("rich_text_preformatted", text.Length == 0 ? "—" : text)),
        };
    }

    private static IEnumerable<JsonObject> Inputs(IReadOnlyList<DialogInput> inputs, int mostOptions)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var input in inputs.Take(MostInputs).Where(input => names.Add(BlockKitPresenter.InputId(input.Name))))
        {
            if (Element(input, mostOptions) is not { } element)
            {
                continue;
            }

            var id = BlockKitPresenter.InputId(input.Name);
            element["action_id"] = id;
            var block = new JsonObject
            {
                ["type"] = "input",
                ["block_id"] = id,
                ["label"] = BlockKitText.PlainObject(input.Label, 150),
                ["optional"] = input.Optional,
                ["element"] = element,
            };
            if (input.Hint is { Length: > 0 } hint)
            {
                block["hint"] = BlockKitText.PlainObject(hint, 300);
            }

            yield return block;
        }
    }

    /// <summary>Null when there is nothing to ask: Slack refuses a menu without options.</summary>
    private static JsonObject? Element(DialogInput input, int mostOptions) => input switch
    {
        DialogInput.TextBox box => TextBox(box),
        DialogInput.Choice choice => Choice(choice, mostOptions),
        DialogInput.Lookup lookup => Lookup(lookup),
        _ => throw new InvalidOperationException($"Unknown input {input.GetType().Name}."),
    };

    private static JsonObject TextBox(DialogInput.TextBox box)
    {
        var limit = Math.Clamp(box.MaximumLength, 1, 3000);
        var element = new JsonObject { ["type"] = "plain_text_input", ["multiline"] = box.Multiline, ["max_length"] = limit };
        if ((box.Multiline ? BlockKitText.Lines(box.Initial ?? "", limit) : PlainText.Clean(box.Initial ?? "", limit)) is { Length: > 0 } initial)
        {
            element["initial_value"] = initial;
        }

        if (box.Placeholder is { Length: > 0 } placeholder)
        {
            element["placeholder"] = BlockKitText.PlainObject(placeholder, 150);
        }

        return element;
    }

    private static JsonObject? Choice(DialogInput.Choice choice, int mostOptions)
    {
        var options = BlockKitPresenter.Options(choice.Options, mostOptions);
        if (options.Count == 0)
        {
            return null;
        }

        var element = new JsonObject { ["type"] = "static_select", ["options"] = options };
        var initial = choice.Initial is { Length: > 0 } wanted
            ? options.FirstOrDefault(option => option?["value"]?.GetValue<string>() == BlockKitText.Opaque(wanted, 150))
            : null;
        if (initial is not null)
        {
            element["initial_option"] = initial.DeepClone();
        }

        return element;
    }

    private static JsonObject Lookup(DialogInput.Lookup lookup)
    {
        var element = new JsonObject { ["type"] = "external_select", ["min_query_length"] = 0 };
        if (lookup.Initial is { } initial && BlockKitPresenter.OptionValue(initial).Length > 0)
        {
            element["initial_option"] = BlockKitPresenter.Option(initial);
        }

        return element;
    }
}
