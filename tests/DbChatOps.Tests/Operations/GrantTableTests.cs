using DbChatOps.Access;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Operations;

public sealed class GrantTableTests
{
    [Fact]
    public void Two_people_never_look_the_same()
    {
        var other = Active() with { Holder = Asker with { Id = new PersonId("slack", "T0VERYLONGORGANISATION", "U0ANA22222"), Name = "Ana" } };

        var lines = GrantTable.Of([Active(), other]).ToList();

        lines[0].ShouldContain("ENDS (UTC)");
        lines[1].ShouldContain($"Ana ({Asker.Id})");
        lines[2].ShouldContain("Ana (slack:T0VERYLONGORGANISATION:U0ANA22222)");
        lines.Count.ShouldBe(3);
    }

    [Fact]
    public void What_is_over_says_how_it_ended()
    {
        var reasons = Enum.GetValues<EndReason>();
        var lines = GrantTable.Of([.. reasons.Select(reason => Revoked() with { Ending = Revoked().Ending! with { Reason = reason } })]).Skip(1).ToList();

        lines.Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[1]).ShouldBe(reasons.Select(reason => reason.ToWord()));
        reasons.Select(reason => reason.ToWord()).ShouldBeUnique();
    }

    [Fact]
    public void What_is_overdue_shows_what_is_in_the_way_and_what_the_mark_means()
    {
        var stuck = Revoking() with { Ending = Revoking().Ending! with { IsOverdue = true, Stage = RevocationStage.Exposed, Blockers = ["standby db-2:5432 cannot be reached\u001b[2J"] } };

        var lines = GrantTable.Of([stuck]).ToList();

        lines[1].ShouldContain("revoking!");
        lines[2].ShouldBe("    in the way: standby db-2:5432 cannot be reached [2J");
        lines[^1].ShouldStartWith("! more than a minute overdue");
        GrantTable.IsOverdue(stuck).ShouldBeTrue();
        GrantTable.Of([Revoking()]).ShouldNotContain(line => line.StartsWith('!'));
    }

    [Fact]
    public void A_statement_in_what_is_in_the_way_is_never_cut()
    {
        var statement = $"ROLLBACK PREPARED E'{string.Concat(Enumerable.Repeat(@"\x0a", 199))}'";
        var stuck = Revoking() with { Ending = Revoking().Ending! with { Stage = RevocationStage.Contained, Blockers = [new string('x', 200) + ": " + statement, "another: " + statement] } };

        GrantTable.Of([stuck]).ShouldContain(line => line.EndsWith(statement, StringComparison.Ordinal));
        GrantLines.Ending(stuck).ShouldEndWith($"; another: {statement}");
    }

    [Fact]
    public void Each_stage_of_an_end_is_said_once()
    {
        using var output = new StringWriter();
        var progress = new EndingProgress(output);

        progress.Show(Active());
        progress.Show(Revoking());
        progress.Show(Revoked());
        progress.Show(Revoked());
        progress.Conclude(Revoked());

        output.ToString().Trim().Split('\n').Length.ShouldBe(2, output.ToString());
    }
}
