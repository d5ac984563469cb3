using System.Globalization;
using DbChatOps.Chat;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>
/// Reads one object of the configuration and collects what is wrong with it. A key that nobody asked for is unknown and refused,
/// so every reader asks for all keys it knows before <see cref="Done"/>.
/// </summary>
internal sealed class SettingReader(SettingNode.Branch branch, string path, ReadingState state)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public string Path { get; } = path;

    public ReadingState State { get; } = state;

    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    public void Wrong(string name, string reason) =>
        State.Problems.Add(new SettingProblem(PathOf(name), reason) { Origin = (branch.Members.GetValueOrDefault(name) ?? branch).Origin });

    public void Wrong(string reason) => State.Problems.Add(new SettingProblem(Path, reason) { Origin = branch.Origin });

    public bool Has(string name) => branch.Members.ContainsKey(name);

    public string? Text(string name) => Leaf(name, "a text", LeafKind.Text) is { } text
        ? NotBlank(name, text)
        : null;

    public string RequiredText(string name) => Text(name) ?? Missing(name, "");

    public int Number(string name, int otherwise, int least, int most, string? what = null)
    {
        if (Leaf(name, "a whole number", LeafKind.Number) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Wrong(name, $"{Shown(text)} is not {what ?? "a whole number"} ({least}-{most})");
        return least;
    }

    public bool Flag(string name, bool otherwise = false)
    {
        if (Leaf(name, "true or false", LeafKind.Flag) is not { } text)
        {
            return otherwise;
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        Wrong(name, $"{Shown(text)} is neither true nor false");
        return otherwise;
    }

    /// <summary>A duration within bounds; absent when missing or wrong.</summary>
    public TimeSpan? Span(string name, TimeSpan least, TimeSpan most)
    {
        if (Find(name) is SettingNode.Leaf { Kind: LeafKind.Number } bare)
        {
            Wrong(name, $"{Shown(bare.Text)} has no unit: write \"{Shown(bare.Text)}m\" for minutes, or use s, h, d");
            return null;
        }

        if (Leaf(name, "a duration such as \"30m\"", LeafKind.Text) is not { } text)
        {
            return null;
        }

        if (!Duration.TryParse(text, out var span))
        {
            Wrong(name, text.Length > 0 && text.All(char.IsAsciiDigit)
                ? $"{Shown(text)} has no unit: write \"{Shown(text)}m\" for minutes, or use s, h, d"
                : $"\"{Shown(text)}\" is not a duration: write 30m, 2h, 1d or 1h30m");
            return null;
        }

        if (span < least || span > most)
        {
            Wrong(name, $"{Shown(text)} is outside {Durations.ToTyped(least)} to {Durations.ToTyped(most)}");
            return null;
        }

        return span;
    }

    public TimeSpan RequiredSpan(string name, TimeSpan least, TimeSpan most) => Span(name, least, most) ?? (Has(name) ? least : Missing(name, least));

    /// <summary>One of a fixed set of words, as written.</summary>
    public T? Word<T>(string name, IReadOnlyDictionary<string, T> words)
        where T : struct =>
        Leaf(name, "a text", LeafKind.Text) is { } text ? WordOf(PathOf(name), text, words, (branch.Members.GetValueOrDefault(name) ?? branch).Origin) : null;

    public IReadOnlyList<T>? WordList<T>(string name, IReadOnlyDictionary<string, T> words)
        where T : struct =>
        Items(name, "a list of texts")?.Select((item, index) => (item, index))
            .Select(pair => ItemText(name, pair.item, pair.index) is { } text ? WordOf($"{PathOf(name)}[{pair.index}]", text, words, pair.item.Origin) : null)
            .OfType<T>().ToList();

    /// <summary>A list of texts; absent when the key is missing, which is not the same as an empty list.</summary>
    public IReadOnlyList<string>? TextList(string name)
    {
        if (Items(name, "a list of texts") is not { } items)
        {
            return null;
        }

        var texts = items.Select((item, index) => ItemText(name, item, index)).OfType<string>().ToList();
        foreach (var twice in texts.GroupBy(text => text, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            Wrong(name, $"\"{Shown(twice.Key)}\" is listed twice");
        }

        return texts;
    }

    public SettingReader? Child(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case SettingNode.Branch child:
                return new SettingReader(child, PathOf(name), State);
            default:
                Wrong(name, "must be an object: { … }");
                return null;
        }
    }

    /// <summary>The objects of a list.</summary>
    public IReadOnlyList<SettingReader> Children(string name)
    {
        var readers = new List<SettingReader>();
        foreach (var (item, index) in (Items(name, "a list of objects") ?? []).Select((item, index) => (item, index)))
        {
            if (item is SettingNode.Branch child)
            {
                readers.Add(new SettingReader(child, $"{PathOf(name)}[{index}]", State));
            }
            else
            {
                State.Problems.Add(new SettingProblem($"{PathOf(name)}[{index}]", "must be an object: { … }") { Origin = item.Origin });
            }
        }

        return readers;
    }

    /// <summary>The keys of this object, where they are names that the operator chose.</summary>
    public IReadOnlyList<string> Names() => [.. branch.Members.Keys];

    public bool IsList(string name) => branch.Members.GetValueOrDefault(name) is SettingNode.Series;

    public bool IsListOfTexts(string name) =>
        branch.Members.GetValueOrDefault(name) is SettingNode.Series { Items: var items } && items.All(item => item is SettingNode.Leaf);

    /// <summary>The node itself, for what has several shapes; null when the key is missing, or wrong because it says nothing.</summary>
    public SettingNode? Find(string name)
    {
        _known.Add(name);
        if (branch.Members.GetValueOrDefault(name) is not SettingNode.Leaf { Kind: LeafKind.Null })
        {
            return branch.Members.GetValueOrDefault(name);
        }

        Wrong(name, "null says nothing: leave the key out");
        return null;
    }

    /// <summary>Reports a key that must be there and is not.</summary>
    public T Missing<T>(string name, T instead)
    {
        if (!Has(name))
        {
            Wrong(name, "is missing");
        }

        return instead;
    }

    /// <summary>Refuses keys whose names are taken for a later release.</summary>
    public void Later(params IReadOnlyList<string> names)
    {
        foreach (var name in names.Where(Has))
        {
            _known.Add(name);
            Wrong(name, "is not known to this release yet; take it out");
        }
    }

    /// <summary>Refuses every key that was not asked for. They are told first: what is missed elsewhere is often what was misspelt here.</summary>
    public void Done()
    {
        foreach (var name in branch.Members.Keys.Where(name => !_known.Contains(name)))
        {
            var reason = Nearest.To(name, _known) is { } nearest ? $"is not a known key; did you mean {nearest}?" : "is not a known key";
            State.Problems.Insert(0, new SettingProblem(PathOf(name), reason) { Origin = branch.Members[name].Origin ?? branch.Origin });
        }
    }

    internal static string Shown(string text) => PlainText.Clean(text, 60);

    private string? Leaf(string name, string what, LeafKind kind)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case SettingNode.Leaf leaf when leaf.Kind == kind || leaf.Kind == LeafKind.Untyped:
                return leaf.Text;
            default:
                Wrong(name, $"must be {what}");
                return null;
        }
    }

    private List<SettingNode>? Items(string name, string what)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case SettingNode.Series series:
                return series.Items;
            default:
                Wrong(name, $"must be {what}");
                return null;
        }
    }

    private string? ItemText(string name, SettingNode item, int index)
    {
        if (item is SettingNode.Leaf { Kind: LeafKind.Text or LeafKind.Untyped } leaf && !string.IsNullOrWhiteSpace(leaf.Text))
        {
            return leaf.Text;
        }

        State.Problems.Add(new SettingProblem($"{PathOf(name)}[{index}]", "must be a text that is not empty") { Origin = item.Origin });
        return null;
    }

    private T? WordOf<T>(string where, string text, IReadOnlyDictionary<string, T> words, string? origin)
        where T : struct
    {
        if (words.TryGetValue(text, out var word))
        {
            return word;
        }

        var meant = Nearest.To(text, words.Keys) is { } nearest ? $"did you mean {nearest}?" : $"known are {string.Join(", ", words.Keys)}";
        State.Problems.Add(new SettingProblem(where, $"\"{Shown(text)}\" is not known here; {meant}") { Origin = origin });
        return null;
    }

    private string? NotBlank(string name, string text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            return text;
        }

        Wrong(name, "is empty");
        return null;
    }
}
