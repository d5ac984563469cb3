using System.Globalization;
using DbChatOps.Chat;

namespace DbChatOps.Tests.Faults;

/// <summary>Takes everything and shows nothing, at once: for tests that count logins and would otherwise wait for chat's pace.</summary>
internal sealed class SilentChat : IChatPlatform
{
    private int _posted;

    public Task<MessageReference> PostAsync(Place place, Card card, string cardKey, CancellationToken ct) =>
        Task.FromResult(new MessageReference("C0SILENT00", Interlocked.Increment(ref _posted).ToString(CultureInfo.InvariantCulture)));

    public Task UpdateAsync(MessageReference message, Card card, CancellationToken ct) => Task.CompletedTask;

    public Task<MessageReference?> FindAsync(Place place, string cardKey, DateTimeOffset since, CancellationToken ct) => Task.FromResult<MessageReference?>(null);

    public Task ReplyAsync(Secret responseUrl, Card card, CancellationToken ct) => Task.CompletedTask;

    public Task WhisperAsync(PersonId person, string channel, string? threadId, Card card, CancellationToken ct) => Task.CompletedTask;

    public Task<string> OpenAsync(string triggerId, Dialog dialog, string externalId, CancellationToken ct) => Task.FromResult("V0SILENT00");

    public Task<bool> UpdateDialogAsync(string viewId, Dialog dialog, CancellationToken ct) => Task.FromResult(true);

    public Task PublishHomeAsync(PersonId person, Home home, CancellationToken ct) => Task.CompletedTask;

    public Task<Uri?> LinkAsync(MessageReference message, CancellationToken ct) => Task.FromResult<Uri?>(null);
}
