using DbChatOps.Chat;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Chat;

public sealed class PhraseTests
{
    [Fact]
    public void What_stands_between_backticks_is_spoken_in_fixed_width() =>
        Phrase.Spoken("Did you mean `/db release`?").Pieces.ShouldBe([new Piece.Text("Did you mean"), new Piece.Ours(" "), new Piece.Code("/db release"), new Piece.Text("?")]);

    [Theory]
    [InlineData("I do not know '`'.")]
    [InlineData("*bold* <!channel> `")]
    public void A_sentence_with_a_stray_backtick_is_spoken_as_it_is(string sentence) =>
        Phrase.Spoken(sentence).Pieces.ShouldBe([new Piece.Text(sentence)]);

    [Fact]
    public void Marks_of_others_mean_nothing_in_a_spoken_sentence() =>
        Phrase.Spoken("I do not know '*x*'.").Pieces.ShouldAllBe(piece => piece is Piece.Text);
}
