namespace DbChatOps.Host.Flow;

/// <summary>Who has opened their own page in chat and what it shows, so that it can be kept right while they look.</summary>
public interface IHomeBook
{
    /// <summary>Somebody opened theirs; <paramref name="isBlank"/>: chat says that nothing is shown there. What to redraw is in the agenda afterwards, and who has not opened theirs for a month is forgotten.</summary>
    Task OpenedAsync(PersonId person, DateTimeOffset at, bool isBlank, CancellationToken ct);

    /// <summary>This one is in the agenda afterwards.</summary>
    Task RedrawAsync(PersonId person, DateTimeOffset due, CancellationToken ct);

    /// <summary>All that are kept are in the agenda afterwards.</summary>
    Task RedrawAsync(DateTimeOffset due, CancellationToken ct);

    /// <summary>Those who opened theirs last, newest first, not before <paramref name="since"/>.</summary>
    Task<IReadOnlyList<OpenHome>> LastOpenedAsync(DateTimeOffset since, int most, CancellationToken ct);

    /// <summary>Null when the person's page is not kept.</summary>
    Task<OpenHome?> FindAsync(PersonId person, CancellationToken ct);

    /// <summary>What is shown now. Somebody who was forgotten meanwhile stays forgotten.</summary>
    Task ShownAsync(OpenHome home, CancellationToken ct);

    /// <summary>Not kept any longer, until opened again.</summary>
    Task ForgetAsync(PersonId person, CancellationToken ct);
}

/// <summary>A page that somebody opened. <paramref name="ShownDigest"/> is null when nothing of ours is known to be shown.</summary>
public sealed record OpenHome(PersonId Person, string? ShownDigest);
