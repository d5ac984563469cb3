using DbChatOps.Chat;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>The directory of a process that does not speak to chat: it never answers, which nobody mistakes for an empty group.</summary>
public sealed class NoDirectory : IDirectory
{
    public Task<Principal?> FindPersonAsync(PersonId id, CancellationToken ct) => throw new ChatUnavailableException("This process does not speak to chat.");

    public Task<IReadOnlySet<PersonId>> MembersAsync(string group, CancellationToken ct) => throw new ChatUnavailableException("This process does not speak to chat.");
}
