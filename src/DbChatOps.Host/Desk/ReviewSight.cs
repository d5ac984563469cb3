using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Desk;

/// <summary>What an approver must see before a yes, whether they press or type.</summary>
public sealed class ReviewSight(ILedger ledger, Surveys surveys, AccessLookup lookup, Func<Rules> rules, TimeProvider clock)
{
    private readonly EarlierRequests _earlier = new(ledger, rules);

    /// <summary>The dialog that confirms.</summary>
    public async Task<Dialog> DialogAsync(AccessRequest request, Principal reviewer, CancellationToken ct) =>
        AccessDialogs.Approve(request, await BackgroundAsync(request, reviewer, ct));

    /// <summary>The same to read, where a line is typed instead.</summary>
    public async Task<Card> CardAsync(AccessRequest request, Principal reviewer, CancellationToken ct) =>
        AccessDialogs.Shown(request, await BackgroundAsync(request, reviewer, ct));

    private async Task<ReviewBackground> BackgroundAsync(AccessRequest request, Principal reviewer, CancellationToken ct) => new()
    {
        Earlier = await _earlier.DeniedAsync(request.Requester.Id, request.Target, ct),
        AlsoReaches = surveys.AlsoReaches(request.Target, request.Level),
        Returned = await _earlier.ReturnedAsync(reviewer.Id, request.Requester.Id, clock.GetUtcNow(), ct),
        Owed = await lookup.OwedAsync(request.Server, ct),
    };
}
