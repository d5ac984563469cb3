using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Policies;

namespace DbChatOps.Host.Desk;

/// <summary>Commands that were typed alone: offers what they can be about, and leads to the dialog that a button on its card would open.</summary>
public sealed class PickDesk(AccessLookup lookup, PressDesk presses, TimeProvider clock)
{
    private readonly Recent<(PersonId Person, string Input), IReadOnlyList<Option>> _offers = new(Suggested.For, static offers => offers.Count > 0, clock);

    /// <summary>What this person could choose and whose label holds what was typed; nothing while the directory is silent.</summary>
    public async Task<IReadOnlyList<Option>> SuggestAsync(string input, string typed, Principal actor, CancellationToken ct)
    {
        var all = await _offers.GetAsync((actor.Id, input), () => OffersAsync(input, actor, ct));
        return [.. all.Where(option => option.Label.Contains(typed.Trim(), StringComparison.OrdinalIgnoreCase))];
    }

    private async Task<IReadOnlyList<Option>> OffersAsync(string input, Principal actor, CancellationToken ct) =>
    [
        .. input switch
        {
            PickDialogs.WaitingInput => (await lookup.WaitingForAsync(actor, ct)).TryGet(out var waiting, out _) ? waiting.Select(PickDialogs.Offer) : [],
            PickDialogs.LiveInput => (await lookup.RevocableAsync(actor, ct)).TryGet(out var live, out _) ? live.Select(grant => PickDialogs.Offer(grant, grant.Request.ToString())) : [],
            PickDialogs.HeldInput => (await lookup.HeldAsync(actor, ct)).Where(grant => grant.State == GrantState.Active).Select(grant => PickDialogs.Offer(grant, grant.Id.ToString())),
            _ => [],
        },
    ];

    /// <summary>The next dialog. Whether the person may is asked again there: a choice can be forged.</summary>
    public async Task<Result<Dialog>> ChooseAsync(string command, Delivery submission, Principal actor, CancellationToken ct) => command switch
    {
        "approve" => await presses.OpenAsync(RequestCards.ApproveAction, Chosen(submission, PickDialogs.WaitingInput), actor, ct),
        "deny" => await presses.OpenAsync(RequestCards.DenyAction, Chosen(submission, PickDialogs.WaitingInput), actor, ct),
        "extend" => await presses.OpenAsync(GrantCards.ExtendAction, Chosen(submission, PickDialogs.HeldInput), actor, ct),
        "revoke" => await presses.OpenAsync(GrantCards.RevokeAction, Chosen(submission, PickDialogs.LiveInput), actor, ct),
        "who" => await WhoAsync(Chosen(submission, PickDialogs.LoginInput), ct),
        _ => AccessDialogs.Unknown,
    };

    private async Task<Result<Dialog>> WhoAsync(string login, CancellationToken ct) =>
        (await lookup.GrantByLoginAsync(login, ct)).TryGet(out var grant, out var refusal) ? AccessDialogs.Answer(AccessReplies.Who(grant)) : refusal with { Field = PickDialogs.LoginInput };

    private static string Chosen(Delivery submission, string input) => submission.Answers.GetValueOrDefault(input) ?? "";
}
