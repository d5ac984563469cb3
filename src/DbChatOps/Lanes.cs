namespace DbChatOps;

/// <summary>Names of the agenda's lanes. Rows of one lane are worked by one worker at a time, which is found by the lane's prefix.</summary>
public static class Lanes
{
    /// <summary>Commands that timers give to the decider.</summary>
    public const string Dispatch = "dispatch";

    /// <summary>One lane for each server, worked as <see cref="Dispatch"/>: the end of a window waits for no other timer, and for no other server.</summary>
    public const string EndingPrefix = Dispatch + ":end:";

    /// <summary>One lane for each channel or person: chat limits how fast either may be written to.</summary>
    public const string ChatPrefix = "chat:";

    /// <summary>One lane for each server.</summary>
    public const string EnginePrefix = "engine:";

    /// <summary>One lane for each grant.</summary>
    public const string HandOverPrefix = "handover:";

    /// <summary>Cards of whole days; worked as everything in chat.</summary>
    public const string Digests = ChatPrefix + "digests";

    /// <summary>People's own pages, one after another.</summary>
    public const string Homes = "homes";

    public static string Channel(string id) => ChatPrefix + id;

    public static string Person(PersonId person) => ChatPrefix + person.User;

    public static string Engine(ServerId server) => EnginePrefix + server;

    public static string Ending(ServerId server) => EndingPrefix + server;

    public static string HandOver(GrantId grant) => HandOverPrefix + grant;
}
