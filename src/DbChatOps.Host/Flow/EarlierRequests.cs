using DbChatOps.Access;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// What one human asked for before, by whichever of their accounts. Found by state, so that no number of other requests hides a denial, and
/// asking again from a linked account does not either.
/// </summary>
public sealed class EarlierRequests(ILedger ledger, Func<Rules> rules)
{
    private const int OfEachAccount = 20;

    /// <summary>More than anybody has reviewed within a day.</summary>
    private const int ReviewedOfEachAccount = 50;

    /// <summary>Two people who approve each other's requests within this time are shown as such.</summary>
    private static readonly TimeSpan Reciprocity = TimeSpan.FromHours(24);

    /// <summary>States of a request that somebody's approval may have been given to and counted.</summary>
    private static readonly string[] Reviewed = [nameof(RequestState.Pending), nameof(RequestState.Approved), nameof(RequestState.Denied), nameof(RequestState.Voided)];

    /// <summary>Denials, the newest first.</summary>
    public Task<IReadOnlyList<AccessRequest>> DeniedAsync(PersonId person, TargetId target, CancellationToken ct) =>
        FindAsync(person, target, RequestState.Denied, ct);

    /// <summary>Denials, what waits, and what was approved: all that a new request is judged by.</summary>
    public async Task<IReadOnlyList<AccessRequest>> DeniedOrUnderWayAsync(PersonId person, TargetId target, CancellationToken ct) =>
    [
        .. await DeniedAsync(person, target, ct),
        .. await FindAsync(person, target, RequestState.Pending, ct),
        .. await FindAsync(person, target, RequestState.Approved, ct),
    ];

    /// <summary>The newest request of the reviewer's that this requester approved within the day before; null when there is none.</summary>
    public async Task<AccessRequest?> ReturnedAsync(PersonId reviewer, PersonId requester, DateTimeOffset now, CancellationToken ct)
    {
        var people = rules().Policies.People;
        List<AccessRequest> theirs = [];
        foreach (var account in people.Of(reviewer).Identities)
        {
            var query = new SnapshotQuery { Kind = "request", States = Reviewed, Person = account.ToString(), Limit = ReviewedOfEachAccount };
            theirs.AddRange((await ledger.FindAsync<AccessRequest>(query, ct)).Select(stored => stored.State));
        }

        return theirs.OrderByDescending(request => request.AskedAt).FirstOrDefault(request => request.Reviews.Any(review =>
            review.Verdict == Verdict.Approve && review.At >= now - Reciprocity && people.Of(review.Reviewer.Id) == people.Of(requester)));
    }

    private async Task<IReadOnlyList<AccessRequest>> FindAsync(PersonId person, TargetId target, RequestState state, CancellationToken ct)
    {
        var query = new SnapshotQuery { Kind = "request", States = [state.ToString()], Target = target.Value, Limit = OfEachAccount };
        List<AccessRequest> found = [];
        foreach (var account in rules().Policies.People.Of(person).Identities)
        {
            found.AddRange((await ledger.FindAsync<AccessRequest>(query with { Person = account.ToString() }, ct)).Select(stored => stored.State));
        }

        return [.. found.OrderByDescending(request => request.DecidedAt ?? request.AskedAt)];
    }
}
