using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>A grant as its holder sees it, and the notices about it.</summary>
public static class GrantCards
{
    public const string RevealAction = "reveal";
    public const string ReleaseAction = "release";
    public const string ExtendAction = "extend";
    public const string RevokeAction = "revoke";
    public const string CutOffAction = "cutoff";

    public static Card ForHolder(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = grant.State switch
        {
            GrantState.Provisioning => Phrase.Of($"Your *{grant.Level.ToWord()}* access to {grant.Target} is being prepared"),
            GrantState.Ready => Phrase.Of($"Your *{grant.Level.ToWord()}* access to {grant.Target} is ready"),
            GrantState.Active => Phrase.Of($"You have *{grant.Level.ToWord()}* access to {grant.Target}"),
            GrantState.Revoking => Phrase.Of($"Your *{grant.Level.ToWord()}* access to {grant.Target} is ending"),
            _ => Phrase.Of($"Your *{grant.Level.ToWord()}* access to {grant.Target} has ended"),
        },
        Fields = Facts(grant),
        Quotes = grant.Ending is { Reason: not (EndReason.Expired or EndReason.Released), Detail: { } why } ? [new Quote("Why it was ended", why)] : [],
        Lines = [Status(grant), .. Explain(grant)],
        Buttons = Buttons(grant),
        Footnotes = [Phrase.Of($"{grant.Id.Handle:code} · request {grant.Request.Handle:code} · approved by {Approvers(grant)}")],
    };

    /// <summary>One line on where it stands, for every card that shows it.</summary>
    public static Phrase Status(Grant grant) => grant.State switch
    {
        GrantState.Provisioning => Phrase.Of($"⏳ The login is being made"),
        GrantState.Ready => Phrase.Of($"🔑 Ready to be claimed until {grant.ClaimBy}"),
        GrantState.Active => Phrase.Of($"🔓 Active until {grant.Expiry!.Value}"),
        GrantState.Revoking => Ending(grant, grant.Ending!),
        _ => Gone(grant),
    };

    /// <summary>
    /// T−10 and T−2 (scaled to the window): what ends, what is open, and the two things that can be done about it. Never what runs: a query may hold
    /// secrets. <paramref name="open"/> is null when nobody could look.
    /// </summary>
    public static Card EndsSoon(Grant grant, DateTimeOffset now, OpenSessions? open) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = grant.State == GrantState.Active && grant.Expiry is { } expiry
            ? Phrase.Of($"⏰ Your access to {grant.Target} ends in {Round(expiry - now)}, at {expiry:s}")
            : Phrase.Of($"Your access to {grant.Target} has ended"),
        Lines = grant.State == GrantState.Active
            ? [Open(open), Phrase.Of($"Sessions of {grant.Login:code} are ended then, whatever they are doing. What was not committed is rolled back.")]
            : [],
        Buttons = grant.State == GrantState.Active ? [.. ExtendIfAllowed(grant), Done(grant)] : [],
    };

    /// <summary>Somebody or something other than the clock ended it.</summary>
    public static Card Ended(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = Phrase.Of($"Your access to {grant.Target} was ended: {Why(grant, grant.Ending!)}"),
        Quotes = grant.Ending is { Detail: { } detail } ? [new Quote("Why", detail)] : [],
        Lines = [.. GrantRemarks.Found(grant)],
        Buttons = [Again(grant)],
    };

    /// <summary>It ended as it was meant to; the proof, and what was seen of its use.</summary>
    public static Card Over(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = Phrase.Of($"Your {grant.Level.ToWord()} access to {grant.Target} is over"),
        Lines = [Status(grant), Use(grant)],
        Buttons = [Again(grant)],
    };

    /// <summary>Somebody set an earlier end on the server.</summary>
    /// <summary>Chat took neither the credentials nor the word that there are none.</summary>
    public static Card NotShown(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = Phrase.Of($"Your credentials for {grant.Target} could not be shown"),
        Lines = [Phrase.Of($"Slack did not take them. Press the button on the card of your access ({grant.Id.Handle:code}) again: it makes a new password.")],
    };

    public static Card Shortened(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = Phrase.Of($"⏰ Your access to {grant.Target} ends earlier, at {grant.Expiry!.Value:s}"),
        Lines = [Phrase.Of($"Somebody set this end for {grant.Login:code} on the server, so it holds. Ask a DBA why; if you need more time, extend it.")],
        Buttons = [.. ExtendIfAllowed(grant), Done(grant)],
    };

    /// <summary>More time was approved, or the policy gave it by itself.</summary>
    public static Card Extended(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = Phrase.Of($"Your {grant.Level.ToWord()} access to {grant.Target} was extended"),
        Lines = [Status(grant)],
        Buttons = [.. ExtendIfAllowed(grant), Done(grant)],
    };

    /// <summary>Pages people: a login or session may exist past its end.</summary>
    public static Card Overdue(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = grant.State == GrantState.Revoked
            ? Phrase.Of($"✅ {grant.Login:code} on {grant.Target}: now proven gone")
            : Phrase.Of($"🚨 Access that should be over: {grant.Login:code} on {grant.Target}"),
        Fields =
        [
            new("Holder", Phrase.Of($"{grant.Holder.Id}")),
            new("Had to end", Phrase.Of($"{grant.Ending!.DueAt:s}")),
            new("Server", Phrase.Of($"{grant.Server}")),
        ],
        Lines = [Status(grant), .. GrantRemarks.OnDelayedStandby(grant), .. GrantRemarks.Uninterruptible(grant.Ending), .. Blockers(grant.Ending)],
        Footnotes = (grant.State, grant.Ending) switch
        {
            (GrantState.Revoked, _) => [],
            (_, { Waits: not null }) => [Phrase.Of($"The bot retries until it is proven. New access on {grant.Server} is granted again meanwhile.")],
            (_, { Stage: RevocationStage.Stripped, StopsNewGrants: true }) =>
                [Phrase.Of($"The bot retries until it is gone. Until then, and at most for the time in `Security.StrippedStopsGrantsFor`, nothing new is granted on {grant.Server}.")],
            (_, { Stage: RevocationStage.Stripped }) => [Phrase.Of($"The bot retries until it is gone. New access on {grant.Server} is granted again meanwhile.")],
            _ => [Phrase.Of($"It is tried again without end, and nothing new is granted on {grant.Server} until it is gone. What to do by hand: operations page, “Access that should be over”.")],
        },
    };

    /// <summary>One login, more than one address: the holder moved, or somebody else has the password.</summary>
    public static Card ManyAddresses(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = Phrase.Of($"👀 {grant.Login:code} on {grant.Target} is used from {grant.Receipt.ClientAddresses.Count} addresses"),
        Fields = [new("Holder", Phrase.Of($"{grant.Holder.Id}")), new("Addresses", Phrase.Of($"{string.Join(", ", grant.Receipt.ClientAddresses.Take(10))}"))],
        Lines = [Phrase.Of($"If this is not the holder, end it: `/db revoke {Phrase.Ours(grant.Id.Handle)} <reason>`")],
    };

    private static IReadOnlyList<Field> Facts(Grant grant) =>
    [
        new("Level", Phrase.Of($"{grant.Level.ToWord()} ({grant.StandingRole:code})")),
        new("Window", Phrase.Of($"{grant.Window}")),
        new("Login", Phrase.Of($"{grant.Login:code}")),
        .. grant.Expiry is { } expiry && grant.State == GrantState.Active ? new Field[] { new("Ends", Phrase.Of($"{expiry:s}")) } : [],
    ];

    private static IEnumerable<Phrase> Explain(Grant grant)
    {
        switch (grant.State)
        {
            case GrantState.Ready:
                yield return Phrase.Of($"The window of *{grant.Window}* starts when you press *Show credentials*. The password is shown once and stored nowhere.");
                break;
            case GrantState.Active:
                foreach (var remark in GrantRemarks.ServersEnd(grant))
                {
                    yield return remark;
                }

                break;
            case GrantState.Revoking:
                foreach (var line in GrantRemarks.OnDelayedStandby(grant).Concat(GrantRemarks.Uninterruptible(grant.Ending!)).Concat(Blockers(grant.Ending!)))
                {
                    yield return line;
                }

                break;
            case GrantState.Revoked:
                yield return Use(grant);
                break;
        }

        foreach (var remark in GrantRemarks.Found(grant).Concat(GrantRemarks.FoundAgain(grant)))
        {
            yield return remark;
        }
    }

    private static IReadOnlyList<Button> Buttons(Grant grant) => grant.State switch
    {
        GrantState.Ready => [new(RevealAction, "Show credentials", grant.Id.ToString()) { Style = ButtonStyle.Primary }, Done(grant)],
        GrantState.Active => [new(RevealAction, "New password", grant.Id.ToString()), .. ExtendIfAllowed(grant), Done(grant)],
        GrantState.Revoked => [Again(grant)],
        _ => [],
    };

    private static IReadOnlyList<Button> ExtendIfAllowed(Grant grant) => grant.MayBeExtended ? [new(ExtendAction, "Extend…", grant.Id.ToString())] : [];

    private static Button Done(Grant grant) => new(ReleaseAction, "Done", grant.Id.ToString());

    private static Button Again(Grant grant) => new(RequestCards.AgainAction, "Request again…", grant.Request.ToString());

    private static Phrase Ending(Grant grant, Ending ending) => ending switch
    {
        { Waits: { } wait } => Phrase.Of($"⏳ Locked ({Why(grant, ending)}), no session open. {wait.Node} applies changes {wait.Delay} late: *proven gone* after {wait.Until}"),
        { Stage: RevocationStage.Contained } => Phrase.Of($"🔒 Locked out ({Why(grant, ending)}): no login and no session is possible; removing what is left"),
        { Stage: RevocationStage.Stripped } => Phrase.Of($"🔒 Locked and without rights ({Why(grant, ending)}), but a statement that was begun before still runs"),
        _ => Phrase.Of($"⏳ Ending ({Why(grant, ending)}) since {ending.DecidedAt:s}"),
    };

    private static Phrase Gone(Grant grant)
    {
        var late = grant.Proof!.ProvenAt - grant.Ending!.DueAt;
        var proven = Phrase.Of($"✅ {Why(grant, grant.Ending)} · *proven gone* {grant.Proof.ProvenAt:s} (+{Round(late)})");
        return grant.Proof.NotChecked.Count == 0
            ? proven
            : proven + Phrase.Of($" · ⚠️ {string.Join("; ", grant.Proof.NotChecked)}");
    }

    /// <summary>What was seen of its use: first and last sight, addresses, sessions that had to be ended, and when nobody could look.</summary>
    public static Phrase Use(Grant grant)
    {
        var receipt = grant.Receipt;
        if (grant.ClaimedAt is null)
        {
            return grant.FoundReveal is null && grant.FoundAgain is not { WasRevealed: true }
                ? Phrase.Of($"The credentials were never shown.")
                : Phrase.Of($"This bot never showed the credentials.");
        }

        if (grant.Ending is not { } ending)
        {
            return receipt.FirstSeen is { } since
                ? Phrase.Of($"First seen {since:s}, from {string.Join(", ", receipt.ClientAddresses)}.")
                : Phrase.Of($"No session was seen yet.");
        }

        var sessions = ending.SessionsEnded switch
        {
            0 => "no session had to be ended",
            1 => "1 session was ended",
            var many => $"{many} sessions were ended",
        };
        return (receipt.FirstSeen, ending.SessionsEnded, receipt.Gaps) switch
        {
            ({ } first, _, _) => Phrase.Of($"First seen {first:s}, last seen {receipt.LastSeen ?? first:s}, from {string.Join(", ", receipt.ClientAddresses)}; {sessions}. {Looks(receipt.Gaps)}"),
            (null, > 0, _) => Phrase.Of($"At the end {sessions}; no look before that had found one. {Looks(receipt.Gaps)}"),
            (null, _, null) => Phrase.Of($"No session was observed, and none had to be ended. {Looks(null)}"),
            _ => Phrase.Of($"No session was seen, and none had to be ended. {Looks(receipt.Gaps)}"),
        };
    }

    private static Phrase Looks(Gaps? gaps)
    {
        if (gaps is null)
        {
            return Phrase.Of($"Looked at every few seconds: shorter sessions can be missed.");
        }

        var named = Phrase.Join("; ", gaps.Longest.Select(gap => Phrase.Of($"{gap.What} from {gap.From:s} to {gap.Until:s}")));
        return Phrase.Of($"*Not watched:* {named}{(gaps.Others > 0 ? Phrase.Of($"; and {gaps.Others} more times") : Phrase.Empty)}. Otherwise looked at every few seconds.");
    }

    private static Phrase Open(OpenSessions? open) => open switch
    {
        null => Phrase.Of($"Whether a session is open could not be seen just now."),
        { Count: 0 } => Phrase.Of($"*No session is open.*{Silent(open)}"),
        { Count: 1 } => Phrase.Of($"*1 session is open*, since {open.Oldest!.Value}.{Silent(open)}"),
        _ => Phrase.Of($"*{open.Count} sessions are open*, the oldest since {open.Oldest!.Value}.{Silent(open)}"),
    };

    private static Phrase Silent(OpenSessions open) =>
        open.SilentNodes.Count == 0 ? Phrase.Empty : Phrase.Of($" Not seen: {string.Join(", ", open.SilentNodes)}, no answer.");

    /// <summary>As code, so that a statement in it can be copied as it is.</summary>
    private static IEnumerable<Phrase> Blockers(Ending ending) => ending.Blockers.Where(blocker => !GrantRemarks.IsAboutUninterruptible(ending, blocker)).Take(5).Select(blocker => Phrase.Of($"• {blocker:code}"));

    private static Phrase Approvers(Grant grant) => grant.Approvers.Count == 0
        ? Phrase.Of($"policy")
        : Phrase.Join(", ", grant.Approvers.Select(approver => Phrase.Of($"{approver.Id}")));

    /// <summary>With the person, where one decided it and it was not the holder.</summary>
    private static Phrase Why(Grant grant, Ending ending) => ending.Reason switch
    {
        EndReason.Revoked => Phrase.Of($"{ending.Reason.ToWords()} by {ending.By}"),
        EndReason.Unclaimed when grant.FoundReveal is not null || grant.FoundAgain is { WasRevealed: true } => Phrase.Of($"the time to claim it is over"),
        _ => Phrase.Of($"{ending.Reason.ToWords()}"),
    };

    private static TimeSpan Round(TimeSpan span) => span < TimeSpan.FromSeconds(10)
        ? TimeSpan.FromMilliseconds(Math.Round(Math.Max(0, span.TotalMilliseconds) / 100) * 100)
        : TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));
}
