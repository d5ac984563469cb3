using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>Arbitrary people against the three clocks: whatever they do and when, nothing is open after its time.</summary>
[Trait("Trap", "T-19")]
public sealed class ThreeClocksTests
{
    [Fact]
    public void Nothing_is_open_after_its_clock() => Prop.ForAll(Plays.ToArbitrary(), play =>
    {
        var stage = new AgendaStage(play.Policy);
        stage.Ask(play.Window);
        foreach (var (wait, move) in play.Moves)
        {
            stage.AdvanceTo(stage.Now + wait);
            move(stage);
            stage.Check();
        }

        stage.AdvanceTo(stage.Now.AddDays(2));
        stage.Check();
        stage.Request.State.ShouldNotBe(RequestState.Pending);
        (stage.Grant is null or { State: GrantState.Revoked }).ShouldBeTrue("every grant is proven gone in the end");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Warnings_come_before_the_end_in_their_order() => Prop.ForAll(Gen.Choose(1, 200_000).ToArbitrary(), seconds =>
    {
        var window = TimeSpan.FromSeconds(seconds);
        var (first, last) = (WarnHolder.Before(EndWarning.First, window), WarnHolder.Before(EndWarning.Last, window));

        return TimeSpan.Zero < last && last < first && first < window
            && IsAbout(first, Math.Min(TimeSpan.FromMinutes(10).Ticks, window.Ticks / 3))
            && IsAbout(last, Math.Min(TimeSpan.FromMinutes(2).Ticks, window.Ticks / 15));
    }).QuickCheckThrowOnFailure();

    /// <summary>Whole ticks are rounded one way here and the other way there.</summary>
    private static bool IsAbout(TimeSpan time, long ticks) => Math.Abs(time.Ticks - ticks) <= 1;

    private sealed record Play(AccessPolicy Policy, TimeSpan Window, IReadOnlyList<(TimeSpan Wait, Action<AgendaStage> Move)> Moves);

    private static Gen<Action<AgendaStage>> Moves => Gen.Elements<Action<AgendaStage>>(
        static stage => stage.Approve(),
        static stage => stage.Approve(),
        static stage => stage.Reveal(outcomeIsKnown: true),
        static stage => stage.Reveal(outcomeIsKnown: true),
        static stage => stage.Reveal(outcomeIsKnown: false),
        static stage => stage.Extend(TimeSpan.FromMinutes(20)),
        static stage => stage.Extend(TimeSpan.FromSeconds(1)),
        static stage => stage.Withdraw(),
        static stage => stage.Release());

    private static Gen<Play> Plays =>
        from window in Gen.Choose(1, 7200)
        from pending in Gen.Choose(1, 14_400)
        from claim in Gen.Choose(1, 7200)
        from steps in Gen.Zip(Gen.Choose(0, 1500), Moves).ArrayOf(12)
        let policy = ReadPolicy with { Rule = ReadPolicy.Rule with { PendingFor = TimeSpan.FromSeconds(pending), ClaimWithin = TimeSpan.FromSeconds(claim) } }
        select new Play(policy, TimeSpan.FromSeconds(window), [.. steps.Select(static step => (TimeSpan.FromSeconds(step.Item1), step.Item2))]);
}
