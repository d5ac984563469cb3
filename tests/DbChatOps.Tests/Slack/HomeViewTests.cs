using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using DbChatOps.Tests.Access;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

public sealed class HomeViewTests
{
    [Fact]
    public void Every_page_is_one_that_Slack_takes()
    {
        foreach (var (_, home) in Gallery.Homes())
        {
            BlockKitJudge.Page(BlockKitPresenter.Page(home));
        }
    }

    [Fact]
    public void No_text_and_no_number_of_things_breaks_a_page()
    {
        foreach (var home in HostileText.Known.SelectMany(Gallery.HomesSaying))
        {
            BlockKitJudge.Page(BlockKitPresenter.Page(home));
        }
    }

    [Fact]
    public void What_does_not_fit_is_counted_and_said_where_it_is()
    {
        var drawn = BlockKitText.Json(BlockKitPresenter.Page(Gallery.HomesSaying("x")[1]));

        drawn.ShouldContain("more: `/db requests`");
        drawn.ShouldContain("more: `/db grants`");
    }

    [Fact]
    public void Cards_under_a_heading_are_smaller_than_it()
    {
        var blocks = BlockKitPresenter.Page(Gallery.Homes().Single(entry => entry.Name == "everything").Home)["blocks"]!.AsArray();

        blocks.Where(block => block!["type"]!.GetValue<string>() == "header").Select(block => block!["text"]!["text"]!.GetValue<string>())
            .ShouldBe(["Your access", "Waiting for you", "You asked for", "What you may ask for"]);
    }
}
