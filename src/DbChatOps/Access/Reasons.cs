using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>What people write for the record: why they ask, deny, end or extend.</summary>
public static class Reasons
{
    /// <summary>In UTF-16 units; dialogs take no more, and of a typed line the rest is left out with a notice.</summary>
    public const int Longest = 500;

    /// <summary>Harmless to show, line breaks kept; empty when nothing of it can be seen.</summary>
    public static string Clean(string? typed) => PlainText.CleanLines(typed ?? "", Longest);

    /// <summary>Whether <see cref="Clean"/> leaves something out that can be seen.</summary>
    public static bool IsCut(string? typed) => PlainText.CleanLines(typed ?? "", typed?.Length ?? 0).Length > Longest;

    /// <summary>Says on an answer that its reason is not whole.</summary>
    public static Card Noted(this Card answer, string? typed) => IsCut(typed)
        ? answer with { Lines = [.. answer.Lines, Phrase.Of($"The reason was longer than {Longest} characters: its end was left out.")] }
        : answer;

    /// <summary>Letters and digits, by which a policy's minimum is counted.</summary>
    public static int Weight(string reason) => reason.Count(char.IsLetterOrDigit);
}
