using DbChatOps.Chat;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Takes news of the workspace from what people do; the rest goes to the front desk. News is believed of nobody: it says where to look, and what
/// is found there decides. So nothing of it is stored, a repeat does no harm, and what is lost with a process is found by its first look.
/// </summary>
public sealed class NewsDesk(FrontDesk desk, PeopleWatch people, HomeLane homes, Identification identification, TokenWatch token) : IDeliveryHandler
{
    public const string AccountChanged = "user_change";
    public const string GroupChanged = "subteam_updated";
    public const string MembersChanged = "subteam_members_changed";
    public const string TokensRevoked = "tokens_revoked";
    public const string AppRemoved = "app_uninstalled";

    public async Task<Acknowledgement> HandleAsync(Delivery delivery, CancellationToken ct)
    {
        switch ((delivery.Kind, delivery.Action))
        {
            case (DeliveryKind.Event, AccountChanged):
                people.Hint(delivery.Person);
                identification.Forget(delivery.Person);
                await homes.AccountChangedAsync(delivery.Person, ct);
                break;
            case (DeliveryKind.Event, GroupChanged or MembersChanged):
                // Members are asked anew at each decision; only what people look at rests on an older answer.
                await homes.GroupChangedAsync(delivery.Value, ct);
                break;
            case (DeliveryKind.Event, TokensRevoked or AppRemoved):
                token.Wake();
                break;
            default:
                return await desk.HandleAsync(delivery, ct);
        }

        return new Acknowledgement.Nothing();
    }
}
