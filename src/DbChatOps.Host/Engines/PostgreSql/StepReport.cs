using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Says where one login stands after a step, in words for a DBA.</summary>
internal sealed class StepReport(IReadOnlyList<NodeLink> nodes, IReadOnlyList<string> unlisted, TimeSpan stepPatience, TimeProvider clock)
{
    private static readonly TimeSpan BetweenTriesForPeople = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenTriesInTrouble = TimeSpan.FromSeconds(1);

    public RevocationReport Of(EndingState login, IReadOnlyList<string> notChecked, bool isClearEverywhere)
    {
        var troubles = nodes.Select(static n => n.Trouble).OfType<string>().Concat(unlisted).ToList();
        var blockers = login.Blockers.Concat(troubles).ToList();
        if (login is { IsProven: true, ProvenAt: { } provenAt } && blockers.Count == 0)
        {
            return new RevocationReport
            {
                Login = login.Name,
                Stage = RevocationStage.ProvenGone,
                Oid = login.Oid,
                SessionsEnded = login.SessionsEnded,
                Proof = new RevocationProof
                {
                    Login = login.Name,
                    Oid = login.Oid ?? 0,
                    ProvenAt = provenAt,
                    Nodes = nodes.Select(static n => n.IsWriter ? $"{n.Name} (writer)" : $"{n.Name} (standby, replayed past the drop)").ToList(),
                    NotChecked = notChecked,
                },
            };
        }

        var stage = StageOf(login, troubles.Count > 0, isClearEverywhere);
        blockers.AddRange(nodes.Where(n => n.Trouble is null && login.Oid is not null && !login.IsClearOn(n.Name) && stage != RevocationStage.Stripped)
            .Select(n => n.Behind(login)));
        blockers.AddRange(stage == RevocationStage.Stripped
            ? login.Stubborn.Select(static s => $"session {s.ProcessId} on {s.Node} was told to end and has lost its rights, but its statement cannot be interrupted; it ends when that statement does")
            : []);
        if (login.IsOnlyShut)
        {
            blockers.Add("its mark does not verify although the facade made it; it is shut and left for people to look at, then: DROP ROLE " + NpgsqlReading.Quote(login.Name));
        }

        return new RevocationReport
        {
            Login = login.Name,
            Stage = stage,
            Oid = login.Oid,
            SessionsEnded = login.SessionsEnded,
            Waits = ReplayWaits.Of(login, nodes, unlisted, clock.GetUtcNow()),
            Blockers = blockers.Count > 0 ? blockers : ["the drop is not read back on every node yet"],
            Uninterruptible = stage == RevocationStage.Stripped ? [.. login.Stubborn] : [],
            RetryAfter = login.IsBeingCleared ? stepPatience
                : stage == RevocationStage.Contained && login.Blockers.Count > 0 ? BetweenTriesForPeople
                : troubles.Count > 0 || stage == RevocationStage.Stripped ? BetweenTriesInTrouble
                : stepPatience,
        };
    }

    private RevocationStage StageOf(EndingState login, bool isInTrouble, bool isClearEverywhere) =>
        !login.IsShut || isInTrouble || login.IsBorrowed ? RevocationStage.Exposed
        : isClearEverywhere ? RevocationStage.Contained
        : login.Stubborn.Count > 0 && nodes.All(n => login.IsClearOn(n.Name) || login.OnlyStubbornOn.Contains(n.Name)) ? RevocationStage.Stripped
        : RevocationStage.Exposed;
}
