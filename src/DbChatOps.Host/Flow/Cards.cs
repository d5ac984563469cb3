using DbChatOps.Configurations;
using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Flow;

/// <summary>Loads what a card key names and draws it: one place where keys, states and pictures meet.</summary>
public sealed class Cards(ILedger ledger, Sightings sightings, Func<Rules> rules, TimeProvider clock)
{
    /// <summary>Null when there is nothing (any more) to show under this key.</summary>
    public async Task<PlacedCard?> DrawAsync(string key, CancellationToken ct)
    {
        var (kind, id) = Split(key);
        var policies = rules().Policies;
        switch (kind)
        {
            case "request" when await RequestAsync(id, ct) is { } request:
                return new PlacedCard(new Place.InChannel(request.Channel), RequestCards.ForApprovers(request, await GrantOfAsync(request, ct), policies));
            case "asked" when await RequestAsync(id, ct) is { } request:
                return new PlacedCard(new Place.Direct(request.Requester.Id), RequestCards.ForRequester(request, policies));
            case "escalation" when await RequestAsync(id, ct) is { } request:
                return new PlacedCard(new Place.InChannel(request.Channel), RequestCards.Escalation(request, policies));
            case "grant" when await GrantAsync(id, ct) is { } grant:
                return new PlacedCard(new Place.Direct(grant.Holder.Id), GrantCards.ForHolder(grant));
            case "overdue" when await GrantAsync(id, ct) is { } grant:
                return new PlacedCard(new Place.InChannel(grant.Channel), GrantCards.Overdue(grant));
            case "addresses" when await GrantAsync(id, ct) is { } grant:
                return new PlacedCard(new Place.InChannel(grant.Channel), GrantCards.ManyAddresses(grant));
            case "alarm" when await ledger.LoadAsync<Alert>(id, ct) is { State: { Channel.Length: > 0 } alert }:
                return new PlacedCard(new Place.InChannel(alert.Channel), AlertCards.ForOperators(alert));
            case "config" when await ChangeAsync(key, ct) is { } change:
                return new PlacedCard(new Place.InChannel(change.Channel), NoteConfiguration.Announcement(change));
            case "day" when DayDigest.Day(id) is { } day && rules() is { HasAuditChannel: true, AuditChannel: var audit }:
                return new PlacedCard(new Place.InChannel(audit), await DayAsync(day, ct));
            default:
                return null;
        }
    }

    /// <summary>The text of a notice; null when it no longer makes sense.</summary>
    public async Task<PlacedCard?> DrawNoticeAsync(AgendaItem.Tell notice, CancellationToken ct)
    {
        var card = (notice.Notice, notice.Subject.Kind) switch
        {
            (AccessNotices.Answered, "request") when await RequestAsync(notice.Subject.Key, ct) is { } request => RequestCards.Answered(request),
            (AccessNotices.Ended, "grant") when await GrantAsync(notice.Subject.Key, ct) is { Ending: not null } grant => GrantCards.Ended(grant),
            (AccessNotices.Over, "grant") when await GrantAsync(notice.Subject.Key, ct) is { State: GrantState.Revoked } grant => GrantCards.Over(grant),
            (var extended, "grant") when AccessNotices.IsExtended(extended) && await GrantAsync(notice.Subject.Key, ct) is { State: GrantState.Active } grant => GrantCards.Extended(grant),
            (var shorter, "grant") when AccessNotices.IsShortened(shorter) && await GrantAsync(notice.Subject.Key, ct) is { State: GrantState.Active } grant => GrantCards.Shortened(grant),
            (var lost, "grant") when AccessNotices.IsNotShown(lost) && await GrantAsync(notice.Subject.Key, ct) is { State: GrantState.Ready or GrantState.Active } grant => GrantCards.NotShown(grant),
            (var many, "grant") when AccessNotices.IsSecondAddress(many) && await GrantAsync(notice.Subject.Key, ct) is { } grant => GrantCards.ManyAddresses(grant),
            (var soon, "grant") when AccessNotices.IsEndsSoon(soon) && await GrantAsync(notice.Subject.Key, ct) is { State: GrantState.Active } grant =>
                GrantCards.EndsSoon(grant, clock.GetUtcNow(), sightings.OpenOf(grant)),
            _ => null,
        };
        return card is null ? null : new PlacedCard(new Place.Direct(notice.Person), card);
    }

    private static (string Kind, string Id) Split(string key)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (key, "") : (key[..colon], key[(colon + 1)..]);
    }

    private async Task<Card> DayAsync(DateOnly day, CancellationToken ct)
    {
        var from = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var born = new SnapshotQuery { Kind = "request", BornFrom = from, BornBefore = from.AddDays(1), Limit = DayDigest.Most };
        var asked = (await ledger.FindAsync<AccessRequest>(born, ct)).Select(stored => stored.State).ToList();
        var opened = (await ledger.FindAsync<Grant>(born with { Kind = "grant" }, ct)).Select(stored => stored.State).ToList();
        var approved = asked.ToDictionary(request => request.Id);
        foreach (var before in opened.Select(grant => grant.Request).Where(id => !approved.ContainsKey(id)).ToList())
        {
            if (await RequestAsync(before.ToString(), ct) is { } request)
            {
                approved[before] = request;
            }
        }

        return DayDigest.Of(day, asked, opened, approved);
    }

    private async Task<ConfigurationChange?> ChangeAsync(string key, CancellationToken ct) =>
        (await ledger.LoadAsync<ConfigurationRecord>(ConfigurationRecord.Current.Key, ct))?.State.Recent
            .FirstOrDefault(change => ConfigurationRecord.CardKey(change.Load) == key);

    private async Task<AccessRequest?> RequestAsync(string id, CancellationToken ct) => (await ledger.LoadAsync<AccessRequest>(id, ct))?.State;

    private async Task<Grant?> GrantAsync(string id, CancellationToken ct) => (await ledger.LoadAsync<Grant>(id, ct))?.State;

    private async Task<Grant?> GrantOfAsync(AccessRequest request, CancellationToken ct) =>
        request.Grant is { } grant ? await GrantAsync(grant.ToString(), ct) : null;
}

public sealed record PlacedCard(Place Place, Card Card);
