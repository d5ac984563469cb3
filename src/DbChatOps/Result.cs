using System.Diagnostics.CodeAnalysis;

namespace DbChatOps;

/// <summary>Either a value or a <see cref="Refusal"/>; a fault is thrown instead, and cancellation is neither.</summary>
public readonly struct Result<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly Refusal? _refusal;

    private Result(T? value, Refusal? refusal) => (_value, _refusal) = (value, refusal);

    /// <summary>True when there is a value; exactly one of the two outputs is set.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        (value, refusal) = (_value, _refusal);
        return refusal is null && value is not null;
    }

    /// <summary>The refusal, or null when there is a value.</summary>
    public Refusal? Refused => _refusal;

    /// <summary>The value where a refusal would be a mistake of ours.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T OrThrow() => TryGet(out var value, out var refusal)
        ? value
        : throw new InvalidOperationException($"Unexpected refusal {refusal.Code}: {refusal.Message}");

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}
