using DbChatOps.Chat;

namespace DbChatOps.Ledger;

/// <summary>The forms that agenda rows come in; one place decides their keys.</summary>
public static class Rows
{
    public static AgendaRow Show(string cardKey, string lane, DateTimeOffset due) => new()
    {
        Key = "show:" + cardKey,
        Lane = lane,
        Priority = AgendaPriority.Rest,
        Due = due,
        Item = new AgendaItem.Show(cardKey),
    };

    /// <summary>Every page that somebody may be looking at.</summary>
    public static AgendaRow ShowHomes(DateTimeOffset due) => Show(HomeKeys.All, Lanes.Homes, due);

    public static AgendaRow Tell(PersonId person, string notice, Subject subject, DateTimeOffset due) => new()
    {
        Key = $"tell:{notice}:{subject}",
        Lane = Lanes.Person(person),
        Priority = AgendaPriority.Rest,
        Due = due,
        Item = new AgendaItem.Tell(person, notice, subject),
    };

    /// <summary>A command for the decider; <paramref name="name"/> tells timers of one subject apart.</summary>
    public static AgendaRow Dispatch(Command command, string name, DateTimeOffset due, AgendaPriority priority = AgendaPriority.Rest) => new()
    {
        Key = $"{name}:{command.Subject}",
        Lane = Lanes.Dispatch,
        Priority = priority,
        Due = due,
        Item = new AgendaItem.Dispatch(command),
    };

    /// <summary>A command that ends access on this server.</summary>
    public static AgendaRow End(Command command, string name, ServerId server, DateTimeOffset due) =>
        Dispatch(command, name, due, AgendaPriority.Revoke) with { Lane = Lanes.Ending(server) };
}
