using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Desk;

/// <summary>What an approver must see before a yes, whether they press or type: drawn from the ledger, with earlier denials, what the role reaches, and whether the two approve each other.</summary>
public sealed class ReviewSight(ILedger ledger, Surveys surveys, Func<Rules> rules, TimeProvider clock)
{
    private readonly EarlierRequests _earlier = new(ledger, rules);

    /// <summary>The dialog that confirms.</summary>
    public async Task<Dialog> DialogAsync(AccessRequest request, Principal reviewer, CancellationToken ct) =>
        AccessDialogs.Approve(request, await DeniedAsync(request, ct), Reach(request), await ReturnedAsync(request, reviewer, ct));

    /// <summary>The same to read, where a line is typed instead.</summary>
    public async Task<Card> CardAsync(AccessRequest request, Principal reviewer, CancellationToken ct) =>
        AccessDialogs.Shown(request, await DeniedAsync(request, ct), Reach(request), await ReturnedAsync(request, reviewer, ct));

    private Task<IReadOnlyList<AccessRequest>> DeniedAsync(AccessRequest request, CancellationToken ct) =>
        _earlier.DeniedAsync(request.Requester.Id, request.Target, ct);

    private Task<AccessRequest?> ReturnedAsync(AccessRequest request, Principal reviewer, CancellationToken ct) =>
        _earlier.ReturnedAsync(reviewer.Id, request.Requester.Id, clock.GetUtcNow(), ct);

    private IReadOnlyList<string> Reach(AccessRequest request) => surveys.AlsoReaches(request.Target, request.Level);
}
