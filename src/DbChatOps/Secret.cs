namespace DbChatOps;

/// <summary>
/// A password, token, key or verifier. Prints <c>***</c> wherever it ends up; a class, because a record would print its members.
/// Only the adapter that must put the value on a wire calls <see cref="Reveal"/>.
/// </summary>
public sealed class Secret(string value)
{
    private readonly string _value = value;

    /// <summary>True when nothing is inside; an empty signing secret or key is a configuration error, never a default.</summary>
    public bool IsEmpty => _value.Length == 0;

    /// <summary>The clear value. Never put it into a log, card, event, exception or command line.</summary>
    public string Reveal() => _value;

    public override string ToString() => "***";
}
