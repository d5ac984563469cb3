using System.Globalization;
using System.Text.Json.Nodes;

namespace DbChatOps.Playground.BlockKit;

/// <summary>One place in what an app sent: the node, its JSON pointer, and where to report what is wrong with it.</summary>
internal readonly record struct Spot(JsonNode? Node, string Pointer, List<string> Findings)
{
    public Spot this[string name] => new((Node as JsonObject)?[name], $"{Pointer}/{name}", Findings);

    public bool IsAbsent => Node is null;

    public string Type => Node.Text("type") ?? "";

    public IEnumerable<Spot> Items
    {
        get
        {
            var (node, pointer, findings) = this;
            return (node as JsonArray)?.Select((item, index) => new Spot(item, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}"), findings)) ?? [];
        }
    }

    public void Report(string problem) => Findings.Add($"{problem} [json-pointer:{Pointer}]");

    /// <summary>An object with no other members than these (<c>type</c> and <c>block_id</c> or <c>action_id</c> are the caller's to name).</summary>
    public bool Object(params ReadOnlySpan<string> members)
    {
        if (Node is not JsonObject json)
        {
            Report("must provide an object");
            return false;
        }

        foreach (var member in json)
        {
            if (!members.Contains(member.Key)) Report($"invalid additional property: {member.Key}");
        }

        return true;
    }

    public void Required(string name)
    {
        if (this[name].IsAbsent) Report($"missing required field: {name}");
    }

    /// <summary>Text of <paramref name="least"/> to <paramref name="most"/> UTF-16 units, if present.</summary>
    public void String(int most, int least = 0)
    {
        if (IsAbsent) return;
        if (Node is not JsonValue value || !value.TryGetValue<string>(out var text)) Report("must be a string");
        else if (text.Length > most) Report(string.Create(CultureInfo.InvariantCulture, $"must be less than {most + 1} characters"));
        else if (text.Length < least) Report(string.Create(CultureInfo.InvariantCulture, $"must be more than {least - 1} characters"));
    }

    public void OneOf(params ReadOnlySpan<string> allowed)
    {
        if (!IsAbsent && (Node is not JsonValue value || !value.TryGetValue<string>(out var text) || !allowed.Contains(text)))
            Report("must be a valid enum value");
    }

    public void Flag()
    {
        if (!IsAbsent && (Node is not JsonValue value || !value.TryGetValue<bool>(out _))) Report("must be a boolean");
    }

    public void Integer(int least, int most)
    {
        if (IsAbsent) return;
        if (Node is not JsonValue value || !value.TryGetValue<long>(out var number)) Report("must be an integer");
        else if (number < least || number > most) Report(string.Create(CultureInfo.InvariantCulture, $"must be between {least} and {most}"));
    }

    /// <summary>An array of <paramref name="least"/> to <paramref name="most"/> items, if present.</summary>
    public void Count(int least, int most)
    {
        if (IsAbsent) return;
        if (Node is not JsonArray array) Report("must be an array");
        else if (array.Count > most) Report(string.Create(CultureInfo.InvariantCulture, $"no more than {most} items allowed"));
        else if (array.Count < least) Report(string.Create(CultureInfo.InvariantCulture, $"no fewer than {least} items allowed"));
    }
}
