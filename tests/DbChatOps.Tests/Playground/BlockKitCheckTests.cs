using System.Text.Json.Nodes;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.WebApi;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class BlockKitCheckTests
{
    private const string Text = """{"type":"plain_text","text":"x"}""";

    [Theory]
    [InlineData("""{"type":"section","text":{"type":"mrkdwn","text":""}}""", "must be more than 0 characters [json-pointer:/blocks/0/text/text]")]
    [InlineData("""{"type":"section"}""", "missing required field: text [json-pointer:/blocks/0]")]
    [InlineData("""{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}""", "invalid additional property: emoji [json-pointer:/blocks/0/text]")]
    [InlineData("""{"type":"header","text":{"type":"mrkdwn","text":"x"}}""", "must be a valid enum value [json-pointer:/blocks/0/text/type]")]
    [InlineData("""{"type":"hologram"}""", "unsupported type: hologram [json-pointer:/blocks/0]")]
    [InlineData("""{"type":"actions","elements":[]}""", "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]")]
    [InlineData("""{"type":"actions","elements":[{"type":"plain_text_input","action_id":"a"}]}""", "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0]")]
    [InlineData("""{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"style":"loud"}]}""", "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]")]
    [InlineData("""{"type":"actions","elements":[{"type":"static_select","options":[]}]}""", "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]")]
    [InlineData("""{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":""}]}]}""", "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]")]
    public void A_block_that_breaks_a_rule_is_named_with_its_place(string block, string finding) =>
        FindingsOf($"[{block}]").ShouldHaveSingleItem().ShouldBe(finding);

    [Theory]
    [InlineData("text", 3000)]
    [InlineData("header", 150)]
    [InlineData("button", 75)]
    [InlineData("value", 2000)]
    [InlineData("action_id", 255)]
    [InlineData("block_id", 255)]
    public void A_text_may_be_as_long_as_its_limit_and_no_longer(string what, int limit)
    {
        FindingsOf($"[{BlockWith(what, limit)}]").ShouldBeEmpty();
        FindingsOf($"[{BlockWith(what, limit + 1)}]").ShouldHaveSingleItem().ShouldStartWith($"must be less than {limit + 1} characters");
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void A_message_holds_fifty_blocks(int count, bool fits) =>
        FindingsOf($"[{string.Join(',', Enumerable.Repeat("""{"type":"divider"}""", count))}]").Count.ShouldBe(fits ? 0 : 1);

    [Fact]
    public void Blocks_of_over_13200_characters_are_too_long_together()
    {
        var blocks = $"[{string.Join(',', Enumerable.Repeat(BlockWith("text", 2900), 5))}]";

        Should.Throw<SlackErrorException>(() => BlockKitCheck.Message(JsonNode.Parse(blocks)!.AsArray())).Code.ShouldBe("msg_blocks_too_long");
    }

    [Fact]
    public void Ids_are_unique_and_an_initial_option_is_one_of_the_options()
    {
        FindingsOf("""[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]""").ShouldHaveSingleItem();
        var select = $$$"""{"type":"static_select","action_id":"s","options":[{"text":{{{Text}}},"value":"1"}],"initial_option":{"text":{{{Text}}},"value":"2"}}""";
        FindingsOf($$"""[{"type":"actions","elements":[{{select}}]}]""").ShouldHaveSingleItem().ShouldContain("initial_option");
    }

    [Fact]
    public void A_form_with_inputs_needs_a_submit_button()
    {
        var view = $$$"""{"type":"modal","title":{{{Text}}},"blocks":[{"type":"input","label":{{{Text}}},"element":{"type":"plain_text_input","action_id":"a"}}]}""";

        Should.Throw<SlackErrorException>(() => BlockKitCheck.Modal(JsonNode.Parse(view)!.AsObject())).Extras["errors"]![0]!.ToString()
            .ShouldBe("missing required field: submit [json-pointer:/view]");
    }

    private static string BlockWith(string what, int length)
    {
        var x = new string('x', length);
        return what switch
        {
            "text" => $$$"""{"type":"section","text":{"type":"mrkdwn","text":"{{{x}}}"}}""",
            "header" => $$$"""{"type":"header","text":{"type":"plain_text","text":"{{{x}}}"}}""",
            "button" => $$$"""{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"{{{x}}}"}}]}""",
            "value" => $$$"""{"type":"actions","elements":[{"type":"button","text":{{{Text}}},"value":"{{{x}}}"}]}""",
            "action_id" => $$$"""{"type":"actions","elements":[{"type":"button","text":{{{Text}}},"action_id":"{{{x}}}"}]}""",
            _ => $$"""{"type":"divider","block_id":"{{x}}"}""",
        };
    }

    private static IReadOnlyList<string> FindingsOf(string blocks)
    {
        try
        {
            BlockKitCheck.Message(JsonNode.Parse(blocks)!.AsArray());
            return [];
        }
        catch (SlackErrorException refusal) when (refusal.Code is "invalid_blocks")
        {
            return [.. refusal.Extras["errors"]!.AsArray().Select(finding => finding!.ToString())];
        }
    }
}
