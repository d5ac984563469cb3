using DbChatOps.Chat;

namespace DbChatOps.Tests.Flow;

/// <summary>Chat and its directory in memory: everything is shown at once and remembered.</summary>
internal sealed class ScriptedChat : IChatPlatform, IDirectory
{
    public List<(Place Place, string Key, Card Card)> Posted { get; } = [];

    public List<(string View, Dialog Dialog)> Dialogs { get; } = [];

    public List<Card> Replies { get; } = [];

    /// <summary>Whom the directory knows, and as what. Whoever is not among them is unknown.</summary>
    public Dictionary<PersonId, Principal> People { get; } = [];

    /// <summary>Thrown by every call that shows something.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Thrown by every question to the directory.</summary>
    public Exception? Silence { get; set; }

    public int Questions { get; private set; }

    public Task<MessageReference> PostAsync(Place place, Card card, string cardKey, CancellationToken ct)
    {
        Working();
        Posted.Add((place, cardKey, card));
        return Task.FromResult(new MessageReference(place is Place.InChannel { Id: var channel } ? channel : "D0DIRECT00", $"{Posted.Count}.0"));
    }

    public Task UpdateAsync(MessageReference message, Card card, CancellationToken ct)
    {
        Working();
        return Task.CompletedTask;
    }

    public Task<MessageReference?> FindAsync(Place place, string cardKey, DateTimeOffset since, CancellationToken ct) => Task.FromResult<MessageReference?>(null);

    public Task ReplyAsync(Secret responseUrl, Card card, CancellationToken ct)
    {
        Working();
        Replies.Add(card);
        return Task.CompletedTask;
    }

    public Task WhisperAsync(PersonId person, string channel, string? threadId, Card card, CancellationToken ct) => Task.CompletedTask;

    public Task<string> OpenAsync(string triggerId, Dialog dialog, string externalId, CancellationToken ct)
    {
        Working();
        Dialogs.Add(("V1", dialog));
        return Task.FromResult("V1");
    }

    public Task<bool> UpdateDialogAsync(string viewId, Dialog dialog, CancellationToken ct)
    {
        Working();
        Dialogs.Add((viewId, dialog));
        return Task.FromResult(true);
    }

    public Task PublishHomeAsync(PersonId person, Home home, CancellationToken ct) => Task.CompletedTask;

    public Task<Uri?> LinkAsync(MessageReference message, CancellationToken ct) => Task.FromResult<Uri?>(null);

    public Task<Principal?> FindPersonAsync(PersonId id, CancellationToken ct)
    {
        Questions++;
        return Silence is null ? Task.FromResult(People.GetValueOrDefault(id)) : throw Silence;
    }

    public Task<IReadOnlySet<PersonId>> MembersAsync(string group, CancellationToken ct) =>
        Silence is null ? Task.FromResult<IReadOnlySet<PersonId>>(new HashSet<PersonId>()) : throw Silence;

    private void Working()
    {
        if (Fault is { } fault)
        {
            throw fault;
        }
    }
}
