using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>Sentences name the slash command as this installation has it, and other people's words stay as they are.</summary>
public sealed class OwnCommandTests
{
    [Fact]
    public void Commands_in_our_sentences_carry_the_installed_name()
    {
        var card = new Card { Title = Phrase.Spoken("There is no request of yours. `/db requests` lists them."), Footnotes = [Phrase.Of($"`/db withdraw r-1` takes it back.")] };

        var text = BlockKitText.Json(BlockKitPresenter.Message(card).Speaking("/database"));

        text.ShouldContain("`/database requests`");
        text.ShouldContain("`/database withdraw r-1`");
        text.ShouldNotContain("/db");
    }

    [Fact]
    public void What_somebody_else_wrote_is_not_renamed()
    {
        var card = new Card { Title = Phrase.Of($"Asked"), Quotes = [new Quote("Reason", "run `/db grants` first")] };

        BlockKitText.Json(BlockKitPresenter.Message(card).Speaking("/database")).ShouldNotContain("/database");
    }
}
