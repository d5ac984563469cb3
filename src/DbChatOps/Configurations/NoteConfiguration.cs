using DbChatOps.Chat;
using DbChatOps.Ledger;

namespace DbChatOps.Configurations;

/// <summary>
/// Writes down which rules are in force. At a start <see cref="Changes"/> is absent: only the hashes of the last load are known, so the record
/// names the sections that differ and does not pretend to know more.
/// </summary>
public sealed record NoteConfiguration(IReadOnlyDictionary<string, string> SectionHashes, string Channel) : Command
{
    /// <summary>The differences in words, at a reload.</summary>
    public IReadOnlyList<string>? Changes { get; init; }

    public override Subject Subject => ConfigurationRecord.Current;

    public static Result<Decision<ConfigurationRecord>> Decide(ConfigurationRecord? record, NoteConfiguration command, Facts facts) =>
        Decision<ConfigurationRecord>.Of(record, new ConfigurationLoaded
        {
            SectionHashes = command.SectionHashes,
            Changes = command.Changes ?? [.. record is null ? [] : Sections(record.SectionHashes, command.SectionHashes)],
            Channel = command.Channel,
            By = facts.Actor.Id,
            At = facts.Now,
        });

    public static Card Announcement(ConfigurationChange change) => new()
    {
        Title = Phrase.Of($"⚙️ The configuration changed"),
        Lines = [.. change.Changes.Take(40).Select(line => Phrase.Of($"• {line}"))],
        Footnotes = [change.Changes.Count > 40 ? Phrase.Of($"{change.Changes.Count - 40} more in the ledger · {change.At:s}") : Phrase.Of($"In force from {change.At:s}")],
    };

    /// <summary>What is recorded is in force a moment later.</summary>
    private static readonly TimeSpan AfterTheSwap = TimeSpan.FromSeconds(5);

    internal static IEnumerable<AgendaRow> After(ConfigurationRecord record, ConfigurationLoaded loaded) =>
    [
        Rows.ShowHomes(loaded.At + AfterTheSwap),
        .. loaded is { Changes.Count: > 0, Channel.Length: > 0 }
            ? [Rows.Show(ConfigurationRecord.CardKey(record.Loads), Lanes.Channel(loaded.Channel), loaded.At)]
            : Array.Empty<AgendaRow>(),
    ];

    private static IEnumerable<string> Sections(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name))
            .Select(name => (before.ContainsKey(name), after.ContainsKey(name)) switch
            {
                (false, _) => $"section {name} was added while the bot was not running",
                (_, false) => $"section {name} was removed while the bot was not running",
                _ => $"section {name} was changed while the bot was not running",
            });
}
