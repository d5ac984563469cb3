using System.Collections.Concurrent;
using DbChatOps.Chat;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Channels in which chat shows nothing of ours at present: archived, or the bot was removed. Only people can change that, so they are paged, and
/// the channel is tried again every few minutes instead of once a card. Cards wait; whoever is told directly is not concerned.
/// </summary>
public sealed class ClosedChannels(Alarms alarms, Health health, Func<Rules> rules, TimeProvider clock)
{
    public static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    /// <summary>Where a card was shown since this process began, so that an all-clear is said once.</summary>
    private readonly ConcurrentDictionary<string, byte> _open = new(StringComparer.Ordinal);

    /// <summary>True for a no that is about the channel and not about the message.</summary>
    public static bool IsAbout(string code) =>
        code is "is_archived" or "is_inactive" or "channel_not_found" or "not_in_channel" or "missing_scope" || code.StartsWith("restricted_action", StringComparison.Ordinal);

    /// <summary>Until when it is not worth trying; null when it is.</summary>
    public DateTimeOffset? Until(Place place) =>
        place is Place.InChannel { Id: var channel } && _until.TryGetValue(channel, out var until) && until > clock.GetUtcNow() ? until : null;

    /// <summary>
    /// When to try again; null for a channel that the configuration does not name any more: nobody has to repair that, and its alarm is over.
    /// </summary>
    public async Task<DateTimeOffset?> CloseAsync(string channel, ChatRefusedException refused, CancellationToken ct)
    {
        _open.TryRemove(channel, out _);
        if (!IsConfigured(channel))
        {
            await ForgetAsync(channel, ct);
            return null;
        }

        health.Degrade(Key(channel), $"chat: channel {channel} takes no cards: {refused.Code}");
        await alarms.RaiseAsync(Key(channel), "chat", $"No card can be shown in channel {channel} ({refused.Code}). {WhatToDo(refused)} Cards wait, and access still ends on time.", ct);
        return _until[channel] = clock.GetUtcNow() + BetweenLooks;
    }

    /// <summary>A card was shown there.</summary>
    public async Task OpenAsync(Place place, CancellationToken ct)
    {
        if (place is Place.InChannel { Id: var channel } && _open.TryAdd(channel, 0))
        {
            await ForgetAsync(channel, ct);
        }
    }

    private static string Key(string channel) => "channel:" + channel;

    private static string WhatToDo(ChatRefusedException refused) => refused.Code switch
    {
        "is_archived" or "is_inactive" => "Unarchive it, or name another in the configuration.",
        "channel_not_found" or "not_in_channel" => "Invite the bot into it, or name another in the configuration.",
        "missing_scope" => $"Install the app again with its manifest ({refused.Message}).",
        _ => "Let the bot post there, or name another in the configuration.",
    };

    private Task ForgetAsync(string channel, CancellationToken ct)
    {
        _until.TryRemove(channel, out _);
        health.Recover(Key(channel));
        return alarms.ResolveAsync(Key(channel), ct);
    }

    private bool IsConfigured(string channel)
    {
        var known = rules();
        return known.ApprovalChannel == channel || known.AuditChannel == channel || known.Policies.Policies.Any(policy => policy.Rule.Channel == channel);
    }
}
