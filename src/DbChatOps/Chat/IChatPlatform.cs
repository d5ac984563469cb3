namespace DbChatOps.Chat;

/// <summary>
/// What the bot can do in chat. Every method respects the platform's pacing; <see cref="ChatUnavailableException"/> means "later",
/// <see cref="ChatRefusedException"/> means "never like this".
/// </summary>
public interface IChatPlatform
{
    /// <summary>Posts a card and returns where it stands. <paramref name="cardKey"/> travels as metadata, so that a lost answer can be adopted.</summary>
    Task<MessageReference> PostAsync(Place place, Card card, string cardKey, CancellationToken ct);

    /// <summary>Redraws a posted card.</summary>
    Task UpdateAsync(MessageReference message, Card card, CancellationToken ct);

    /// <summary>The newest message of ours in the place that carries this card key; null when there is none. Used after an unknown outcome.</summary>
    Task<MessageReference?> FindAsync(Place place, string cardKey, DateTimeOffset since, CancellationToken ct);

    /// <summary>Answers the person privately where they typed or pressed; best effort, never the only record of anything.</summary>
    Task ReplyAsync(Secret responseUrl, Card card, CancellationToken ct);

    /// <summary>Says something to one person alone, in the conversation (and thread) where they are; best effort, as <see cref="ReplyAsync"/>.</summary>
    Task WhisperAsync(PersonId person, string channel, string? threadId, Card card, CancellationToken ct);

    /// <summary>Opens a dialog; returns its id. <paramref name="externalId"/> names the press: the platform shows no second dialog of one name at a time.</summary>
    /// <exception cref="TriggerExpiredException">The three seconds are over: the person must press again.</exception>
    Task<string> OpenAsync(string triggerId, Dialog dialog, string externalId, CancellationToken ct);

    /// <summary>Replaces the content of an open dialog. False when it is no longer there.</summary>
    Task<bool> UpdateDialogAsync(string viewId, Dialog dialog, CancellationToken ct);

    /// <summary>Shows somebody's own page, in the place of the one before.</summary>
    Task PublishHomeAsync(PersonId person, Home home, CancellationToken ct);

    /// <summary>Where a message can be opened; null where the bot cannot know, such as in a channel that it is not in.</summary>
    Task<Uri?> LinkAsync(MessageReference message, CancellationToken ct);
}

/// <summary>Where a message goes: a channel, or a direct conversation with one person.</summary>
public abstract record Place
{
    private Place()
    {
    }

    /// <summary>The agenda lane of everything shown here: one message after another, in order.</summary>
    public abstract string Lane { get; }

    public sealed record InChannel(string Id) : Place
    {
        public override string Lane => Lanes.Channel(Id);
    }

    public sealed record Direct(PersonId Person) : Place
    {
        public override string Lane => Lanes.Person(Person);
    }
}

/// <summary>A message as the platform names it: unique only within its channel.</summary>
public sealed record MessageReference(string Channel, string Id);

/// <summary>Who somebody is, asked afresh.</summary>
public interface IDirectory
{
    /// <summary>The person as the platform describes them now; null when unknown.</summary>
    Task<Principal?> FindPersonAsync(PersonId id, CancellationToken ct);

    /// <summary>Members of a chat user group, uncached.</summary>
    Task<IReadOnlySet<PersonId>> MembersAsync(string group, CancellationToken ct);
}

/// <summary>The platform cannot be reached or asks for patience; <see cref="RetryAfter"/> is its own wish.</summary>
public sealed class ChatUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>True when the platform may have done it all the same: look before doing it again (<see cref="IChatPlatform.FindAsync"/>).</summary>
    public bool OutcomeUnknown { get; init; }
}

/// <summary>The platform said no for good (<c>channel_not_found</c>, <c>message_not_found</c>, <c>is_archived</c>, <c>missing_scope</c> …).</summary>
public sealed class ChatRefusedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>A dialog could not be opened in time.</summary>
public sealed class TriggerExpiredException(string message) : Exception(message);
