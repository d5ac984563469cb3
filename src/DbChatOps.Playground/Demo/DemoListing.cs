using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Demo;

/// <summary>What the demo's workspace tells people of DbChatOps: its commands, and the way from a question to the proof that access is gone.</summary>
internal static class DemoListing
{
    public static AppListing App { get; } = new()
    {
        Commands =
        [
            new("/db access <target> <level> [30m] <reason>", "ask for temporary access"),
            new("/db requests", "yours, and those that wait for you"),
            new("/db approve <request> [digest] [target name]", "approve somebody's request"),
            new("/db deny <request> <reason>", "deny somebody's request"),
            new("/db withdraw [request]", "take back a request of yours"),
            new("/db grants [all]", "live access and when it ends"),
            new("/db extend [grant] <30m> [reason]", "ask for more time"),
            new("/db release [grant]", "end your access now"),
            new("/db revoke <grant | @person> <reason>", "end somebody's access"),
            new("/db who <login>", "who is behind a temporary login"),
            new("/db targets [word]", "what you may ask for"),
            new("/db whoami", "how the bot sees you"),
            new("/db help [command]", "all of this"),
        ],
        MessageShortcuts = [new("request_access", "Request access")],
        FirstSteps =
        [
            new(Seed.Ana.Id, Seed.General.Id, "Ana asks for two minutes of read access to production.", "/db access orders-prod read 2m stuck payments, INC-42"),
            new(Seed.Bo.Id, Seed.Approvals.Id, "Bo, a database administrator, presses Approve… on the card.", Line: null),
            new(Seed.Ana.Id, ChannelId: null, "Ana presses Show credentials, and tries them with psql.", Line: null),
            new(Seed.Ana.Id, ChannelId: null, "When the time is over, the card says proven gone. Ask what is live:", "/db grants"),
            new(Seed.Ana.Id, Seed.General.Id, "A command typed alone opens a dialog, which suggests targets.", "/db access"),
            new(Seed.Ana.Id, Seed.General.Id, "Writing to production takes two: Bo, and Dee for security. Each types the target's name.", "/db access orders-prod write 5m release one stuck payment, INC-42"),
            new(Seed.Dee.Id, ChannelId: null, "Home, the first tab of DbChatOps, shows everybody what is theirs and what waits for them.", Line: null),
            new(Seed.Guest.Id, Seed.General.Id, "Gus, a guest, tries the same and is refused.", "/db access orders-prod read 2m just curious"),
        ],
    };
}
