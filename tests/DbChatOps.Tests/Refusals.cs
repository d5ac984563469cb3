using Shouldly;

namespace DbChatOps.Tests;

/// <summary>Refusals by their code.</summary>
[ShouldlyMethods]
internal static class Refusals
{
    /// <summary>Fails with the value where nothing was refused.</summary>
    public static Refusal ShouldBeRefused<T>(this Result<T> result, string code)
        where T : notnull
    {
        if (result.TryGet(out var value, out var refusal))
        {
            throw new ShouldAssertException($"Expected the refusal {code}, but nothing was refused: {value}");
        }

        refusal.Code.ShouldBe(code, refusal.Message);
        return refusal;
    }
}
