using System.Text;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Tests.Architecture;
using DbChatOps.Tests.Chat;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

public sealed class CardsTests
{
    private const string Evil = "<!channel> *EVIL* `x`\u202e";

    /// <summary>The page is read in reviews; write it anew with <c>DBCHATOPS_REGENERATE=1</c> and look at the difference.</summary>
    [Fact]
    public void Cards_and_dialogs_read_as_they_did()
    {
        var path = Path.Combine(SourceTree.Root, "tests", "DbChatOps.Tests", "Access", "Gallery.txt");
        var drawn = Draw();
        if (Environment.GetEnvironmentVariable("DBCHATOPS_REGENERATE") == "1")
        {
            File.WriteAllText(path, drawn);
        }

        File.ReadAllText(path).ReplaceLineEndings("\n").ShouldBe(drawn);
    }

    [Fact]
    public void Every_card_about_a_target_begins_with_its_banner() =>
        Gallery.Cards().Where(entry => entry.Card.Banner is null).Select(entry => entry.Name).ShouldBeEmpty();

    [Fact]
    public void The_same_state_draws_the_same_card() =>
        Gallery.Cards().Select(entry => CardText.Of(entry.Card)).ShouldBe(Gallery.Cards().Select(entry => CardText.Of(entry.Card)));

    [Fact]
    public void No_card_says_nothing_in_a_line() =>
        Gallery.Cards().Concat(Gallery.CardsWithoutTarget()).Where(entry => entry.Card.Lines.Concat(entry.Card.Footnotes).Any(line => line.ToString().Trim().Length == 0))
            .Select(entry => entry.Name).ShouldBeEmpty();

    [Fact]
    public void What_people_wrote_is_never_drawn_as_ours() =>
        Gallery.CardsSaying(Evil).Concat(Gallery.DialogsSaying(Evil).Select(dialog => dialog.Body).OfType<Card>())
            .Concat(Gallery.HomesSaying(Evil).SelectMany(home => home.Sections).SelectMany(section => section.Cards)).SelectMany(CardText.OursIn)
            .ShouldAllBe(text => !text.Contains("EVIL", StringComparison.Ordinal));

    [Theory]
    [InlineData(1800, "30m"), InlineData(5400, "1h30m"), InlineData(93600, "1d2h"), InlineData(45, "45s")]
    public void Asking_again_begins_with_the_same_window(int seconds, string typed)
    {
        var dialog = AccessDialogs.Again(Request(RequestState.Denied) with { Window = TimeSpan.FromSeconds(seconds) });

        dialog.Inputs.OfType<DialogInput.TextBox>().First().Initial.ShouldBe(typed);
    }

    [Fact]
    public void A_review_is_bound_to_what_its_dialog_showed()
    {
        AccessDialogs.Unbind(AccessDialogs.Deny(Pending()).Value).ShouldBe((TheRequest, Pending().Digest));
        AccessDialogs.Unbind("").ShouldBeNull();
        AccessDialogs.Unbind("x.y").ShouldBeNull();
        AccessDialogs.Unbind(new string('z', 32) + ".y").ShouldBeNull();
    }

    private static string Draw()
    {
        var page = new StringBuilder("Every card and dialog as plain text.\n");
        foreach (var (name, card) in Gallery.Cards().Concat(Gallery.CardsWithoutTarget()))
        {
            page.Append("\n===== ").Append(name).Append('\n').Append(CardText.Of(card));
        }

        foreach (var (name, dialog) in Gallery.Dialogs())
        {
            page.Append("\n===== dialog: ").Append(name).Append('\n').Append(CardText.Of(dialog));
        }

        foreach (var (name, home) in Gallery.Homes())
        {
            page.Append("\n===== home: ").Append(name).Append('\n').Append(CardText.Of(home));
        }

        return page.ToString();
    }
}
