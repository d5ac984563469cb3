using System.Text;
using System.Text.Json.Nodes;
using DbChatOps.Playground.WebApi;

namespace DbChatOps.Playground.BlockKit;

/// <summary>Refuses what Slack would refuse, with the same error codes and JSON pointers.</summary>
internal static class BlockKitCheck
{
    /// <summary>Where the total size of a message's blocks begins to be refused; seen in the field, documented nowhere.</summary>
    private const int MessageBlocksLimit = 13_200;

    private const int ViewBytes = 250 * 1024;

    /// <summary>The blocks of a message.</summary>
    /// <exception cref="SlackErrorException"><c>invalid_blocks</c> or <c>msg_blocks_too_long</c>.</exception>
    public static void Message(JsonArray blocks)
    {
        var findings = new List<string>();
        Blocks.Check(new Spot(blocks, "/blocks", findings), Surface.Message);
        if (findings.Count > 0) throw SlackErrorException.WithMessages("invalid_blocks", findings);
        if (Json.Write(blocks).Length > MessageBlocksLimit) throw new SlackErrorException("msg_blocks_too_long");
    }

    /// <summary>A dialog.</summary>
    /// <exception cref="SlackErrorException"><c>invalid_arguments</c> or <c>view_too_large</c>.</exception>
    public static void Modal(JsonObject view)
    {
        var findings = new List<string>();
        var spot = new Spot(view, "/view", findings);
        spot["type"].OneOf("modal");
        spot.Object(
            "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id", "clear_on_close", "notify_on_close",
            "external_id", "submit_disabled");
        spot.Required("title");
        spot["title"].PlainText(24);
        spot["submit"].PlainText(24);
        spot["close"].PlainText(24);
        if (spot["submit"].IsAbsent && spot["blocks"].Items.Any(block => block.Type is "input")) spot.Required("submit");
        if (spot["blocks"].Items.Count(block => block["element"].Node.Flag("focus_on_load")) > 1)
            spot["blocks"].Report("only one element may have focus_on_load");
        Finish(spot, Surface.Modal);
    }

    /// <summary>A Home page.</summary>
    /// <exception cref="SlackErrorException"><c>invalid_arguments</c> or <c>view_too_large</c>.</exception>
    public static void Home(JsonObject view)
    {
        var spot = new Spot(view, "/view", []);
        spot["type"].OneOf("home");
        spot.Object("type", "blocks", "private_metadata", "callback_id", "external_id");
        Finish(spot, Surface.Home);
    }

    private static void Finish(Spot view, Surface surface)
    {
        view.Required("type");
        view.Required("blocks");
        view["private_metadata"].String(3000);
        view["callback_id"].String(255);
        view["external_id"].String(255);
        Blocks.Check(view["blocks"], surface);
        if (view.Findings.Count > 0) throw SlackErrorException.WithMessages("invalid_arguments", view.Findings);
        if (Encoding.UTF8.GetByteCount(Json.Write(view.Node)) > ViewBytes) throw new SlackErrorException("view_too_large");
    }
}
