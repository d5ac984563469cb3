using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization;

namespace DbChatOps.Chat;

/// <summary>
/// A sentence for people, platform-neutral and safe by construction: written as an interpolated string, in which the literal parts are ours
/// and every hole is a value that the presenter escapes (<see cref="string"/>), mentions (<see cref="PersonId"/>) or shows in the reader's zone
/// (<see cref="DateTimeOffset"/>).
/// <code>Phrase.Of($"{request.Requester.Id} asks for *read* on {target} until {expiry}")</code>
/// Literal parts may use *bold* and `code`; holes never can.
/// </summary>
public sealed record Phrase(IReadOnlyList<Piece> Pieces)
{
    public static Phrase Empty { get; } = new([]);

    public static Phrase Of(PhraseBuilder text) => new(text.ToPieces());

    /// <summary>Untrusted text, whole.</summary>
    public static Phrase Plain(string text) => new([new Piece.Text(text)]);

    /// <summary>Words of ours that are put together first, such as a handle to be typed; marks in them count, so nothing from outside may be among them.</summary>
    public static Phrase Ours(string text) => new([new Piece.Ours(text)]);

    /// <summary>
    /// A sentence that may quote others, such as a refusal: what stands between backticks is shown in fixed width, everything else as it is.
    /// </summary>
    public static Phrase Spoken(string sentence)
    {
        var parts = sentence.Split('`');
        return parts.Length % 2 == 0
            ? Plain(sentence)
            : new Phrase([.. parts.SelectMany((part, index) => index % 2 == 0 ? Around(part) : [new Piece.Code(part)])]);

        // Text of others loses blanks at its ends; between ours and theirs they are ours.
        static IEnumerable<Piece> Around(string text)
        {
            if (text.StartsWith(' '))
            {
                yield return new Piece.Ours(" ");
            }

            if (text.Trim() is { Length: > 0 } words)
            {
                yield return new Piece.Text(words);
            }

            if (text.Length > 1 && text.EndsWith(' '))
            {
                yield return new Piece.Ours(" ");
            }
        }
    }

    public static Phrase operator +(Phrase left, Phrase right) => new([.. left.Pieces, .. right.Pieces]);

    public static Phrase Join(string separator, IEnumerable<Phrase> phrases)
    {
        List<Piece> pieces = [];
        foreach (var phrase in phrases)
        {
            if (pieces.Count > 0)
            {
                pieces.Add(new Piece.Ours(separator));
            }

            pieces.AddRange(phrase.Pieces);
        }

        return new Phrase(pieces);
    }

    /// <summary>For logs, the command line and tests: times in UTC, people as ids.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var piece in Pieces)
        {
            text.Append(piece switch
            {
                Piece.Ours ours => ours.Value,
                Piece.Text plain => plain.Value,
                Piece.Code code => code.Value,
                Piece.Person person => "@" + person.Id.User,
                Piece.Time time => PlainText.Utc(time.At),
                Piece.Channel channel => "#" + channel.Id,
                _ => throw new InvalidOperationException($"Unknown piece {piece.GetType().Name}."),
            });
        }

        return text.ToString();
    }
}

/// <summary>A part of a <see cref="Phrase"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "piece")]
[JsonDerivedType(typeof(Ours), "ours")]
[JsonDerivedType(typeof(Text), "text")]
[JsonDerivedType(typeof(Code), "code")]
[JsonDerivedType(typeof(Person), "person")]
[JsonDerivedType(typeof(Channel), "channel")]
[JsonDerivedType(typeof(Time), "time")]
public abstract record Piece
{
    private Piece()
    {
    }

    /// <summary>A literal of ours; may carry *bold* and `code` marks.</summary>
    public sealed record Ours(string Value) : Piece;

    /// <summary>Anything from outside: escaped, control and bidi characters stripped.</summary>
    public sealed record Text(string Value) : Piece;

    /// <summary>An outside value shown in a fixed-width font, such as a login or a target.</summary>
    public sealed record Code(string Value) : Piece;

    public sealed record Person(PersonId Id) : Piece;

    public sealed record Channel(string Id) : Piece;

    /// <summary>A moment, shown in the reader's zone with UTC beside it.</summary>
    public sealed record Time(DateTimeOffset At, TimeStyle Style) : Piece;
}

/// <summary>How exactly a moment is shown.</summary>
public enum TimeStyle
{
    /// <summary>14:03 (today's date is added by the platform when it is another day).</summary>
    Minute = 0,

    /// <summary>14:03:07</summary>
    Second = 1,
}

/// <summary>Collects the holes of an interpolated <see cref="Phrase"/>. Formats: <c>:code</c> on strings, <c>:s</c> (seconds) on times.</summary>
[InterpolatedStringHandler]
public readonly struct PhraseBuilder(int literalLength, int formattedCount)
{
    private readonly List<Piece> _pieces = new(literalLength == 0 ? formattedCount : formattedCount + 2);

    public void AppendLiteral(string value) => _pieces.Add(new Piece.Ours(value));

    public void AppendFormatted(string? value, string? format = null) =>
        _pieces.Add(format == "code" ? new Piece.Code(value ?? "") : new Piece.Text(value ?? ""));

    public void AppendFormatted(int value) => _pieces.Add(new Piece.Text(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public void AppendFormatted(TimeSpan value) => _pieces.Add(new Piece.Text(PlainText.Duration(value)));

    public void AppendFormatted(PersonId value) => _pieces.Add(value switch
    {
        { IsOperator: true } => new Piece.Text($"{value.User} (command line)"),
        { IsSystem: true } => new Piece.Ours("DbChatOps"),
        _ => new Piece.Person(value),
    });

    public void AppendFormatted(DateTimeOffset value, string? format = null) =>
        _pieces.Add(new Piece.Time(value, format == "s" ? TimeStyle.Second : TimeStyle.Minute));

    public void AppendFormatted(TargetId value, string? format = null) => AppendFormatted(value.Value, format ?? "code");

    public void AppendFormatted(ServerId value, string? format = null) => AppendFormatted(value.Value, format ?? "code");

    public void AppendFormatted(Phrase value) => _pieces.AddRange(value.Pieces);

    internal IReadOnlyList<Piece> ToPieces() => _pieces;
}
