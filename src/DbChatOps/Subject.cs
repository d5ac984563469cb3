namespace DbChatOps;

/// <summary>One aggregate: its kind (<c>request</c>, <c>grant</c>, <c>person</c>, <c>server</c>) and its key within the kind.</summary>
public readonly record struct Subject(string Kind, string Key)
{
    public static Subject Of(RequestId id) => new("request", id.ToString());

    public static Subject Of(GrantId id) => new("grant", id.ToString());

    public static Subject Of(ServerId id) => new("server", id.Value);

    public static Subject Of(PersonId id) => new("person", id.ToString());

    public static Subject Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new Subject(text[..colon], text[(colon + 1)..]);
    }

    public override string ToString() => $"{Kind}:{Key}";
}
