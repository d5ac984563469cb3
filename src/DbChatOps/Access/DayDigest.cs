using System.Globalization;
using DbChatOps.Chat;
using DbChatOps.Ledger;

namespace DbChatOps.Access;

/// <summary>
/// One card a day for the audit channel: what was asked on that day (UTC) and what became of it, with the digest that approvers saw. People are named and not
/// mentioned, so that nobody is called by it.
/// </summary>
public static class DayDigest
{
    /// <summary>No more requests or grants of a day are read; the card says so.</summary>
    public const int Most = 500;

    private const string Prefix = "day:";
    private const string Form = "yyyy-MM-dd";
    private const int MostLines = 24;

    /// <summary>The redraw that follows from what happened to something of that day: at the next whole minute, so that a busy one costs one call.</summary>
    public static AgendaRow Redraw(DateTimeOffset ofDay, DateTimeOffset after) =>
        Rows.Show(Prefix + ofDay.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture), Lanes.Digests, after.AddTicks(TimeSpan.TicksPerMinute - (after.UtcTicks % TimeSpan.TicksPerMinute)));

    /// <summary>The day that the id part of a card key names; null when it names none.</summary>
    public static DateOnly? Day(string id) => DateOnly.TryParseExact(id, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary><paramref name="asked"/> and <paramref name="opened"/> on that day, newest first; <paramref name="approved"/> are the requests of the grants among them.</summary>
    public static Card Of(DateOnly day, IReadOnlyList<AccessRequest> asked, IReadOnlyList<Grant> opened, IReadOnlyDictionary<RequestId, AccessRequest> approved)
    {
        var granted = opened.Select(grant => grant.Request).ToHashSet();
        var lines = opened.Select(grant => (At: grant.OpenedAt, Line: Line(grant, approved.GetValueOrDefault(grant.Request))))
            .Concat(asked.Where(request => !granted.Contains(request.Id)).Select(request => (At: request.AskedAt, Line: Line(request))))
            .OrderByDescending(entry => entry.At)
            .Select(entry => entry.Line)
            .ToList();
        return new Card
        {
            Title = Phrase.Of($"📋 Access on {day.ToString(Form, CultureInfo.InvariantCulture)} (UTC)"),
            Fields =
            [
                new("Asked", Count(asked)),
                new("Approved", Count(asked.Where(request => request.State == RequestState.Approved))),
                new("Denied, withdrawn, lapsed, taken back", Count(asked.Where(request => request.State is RequestState.Denied or RequestState.Withdrawn or RequestState.Lapsed or RequestState.Voided))),
                new("Opened", Count(opened)),
                new("Proven gone", Count(opened.Where(grant => grant.State == GrantState.Revoked))),
                new("Overdue", Count(opened.Where(grant => grant is { State: GrantState.Revoking, Ending.IsOverdue: true }))),
            ],
            Lines = [.. lines.Take(MostLines), .. lines.Count > MostLines ? [Phrase.Of($"… and {lines.Count - MostLines} more")] : Array.Empty<Phrase>()],
            Footnotes = [Phrase.Of($"Kept up to date while anything of that day changes. Everything, refusals included: {"dbchatops audit export":code}")],
        };
    }

    private static Phrase Count<T>(IEnumerable<T> all) => all.Count() is var count && count < Most ? Phrase.Of($"{count}") : Phrase.Of($"{Most} or more");

    private static Phrase Line(Grant grant, AccessRequest? request) => Phrase.Of(
        $"{AccessReplies.Sign(grant.Environment)} {grant.Id.Handle:code} {Named(grant.Holder)}: *{grant.Level.ToWord()}* on {grant.Target}, approved by {Approvers(grant)}{Digest(request)} · {GrantCards.Status(grant)}");

    private static Phrase Line(AccessRequest request) => Phrase.Of(
        $"{AccessReplies.Sign(request.Environment)} {request.Id.Handle:code} {Named(request.Requester)}: {RequestCards.What(request)} · {Outcome(request)}");

    private static string Outcome(AccessRequest request) => request.State switch
    {
        RequestState.Pending => "waits for approval",
        RequestState.Approved when request.Outcome is not null => request.Kind == RequestKind.Extension ? "approved, not applied" : "approved, not granted",
        RequestState.Approved => "approved",
        RequestState.Voided => "approval taken back",
        var state => state.ToString().ToLowerInvariant(),
    };

    private static Phrase Approvers(Grant grant) =>
        grant.Approvers.Count == 0 ? Phrase.Of($"policy") : Phrase.Join(", ", grant.Approvers.Select(Named));

    /// <summary>Names are chosen by their bearers; the id is not.</summary>
    private static Phrase Named(Principal person) => Phrase.Of($"{person.Name} ({person.Id.User:code})");

    private static Phrase Digest(AccessRequest? request) =>
        request is null ? Phrase.Empty : Phrase.Of($" ({request.Id.Handle:code}, digest {ReviewRequest.BriefDigest(request):code})");
}
