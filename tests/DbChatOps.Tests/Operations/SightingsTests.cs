using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Targets;
using DbChatOps.Tests.Slack;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Operations;

public sealed class SightingsTests : IDisposable
{
    private static readonly Server TwoNodes = PgProd with { Nodes = [PgProd.Nodes[0], new ServerNode { Host = "db-2", Port = 5432, Kind = NodeKind.Standby }] };
    private readonly string _folder = Directory.CreateTempSubdirectory("dbchatops-looks-").FullName;
    private readonly StoppedClock _clock = new(At(2, 1));
    private Sightings _sightings;

    public SightingsTests() => _sightings = Start();

    [Fact]
    public void Looks_at_every_few_seconds_leave_no_gap()
    {
        Looks(5, Sees());
        Looks(5);

        _sightings.WatchedOf(Active()).ShouldBe(new Watched(At(2, 6), null));
    }

    [Fact]
    public void A_login_that_was_never_handed_over_was_not_watched() => _sightings.WatchedOf(Ready()).ShouldBeNull();

    [Fact]
    public void A_bot_that_was_down_says_from_when_to_when_and_remembers_what_it_saw()
    {
        Looks(5, Sees());
        Restarts(TimeSpan.FromMinutes(5));
        Looks(5);

        var watched = _sightings.WatchedOf(Active()).ShouldNotBeNull();
        watched.LastSeen.ShouldBe(At(2, 6));
        watched.Gaps!.Longest.ShouldBe([new Gap("the bot was not running", At(2, 6), At(7, 11))]);
    }

    [Fact]
    public void An_ending_before_the_first_look_after_a_restart_knows_the_gap_too()
    {
        Looks(5);
        Restarts(TimeSpan.FromMinutes(5));

        _sightings.WatchedOf(Active())!.Gaps!.Longest.ShouldBe([new Gap("the bot was not running", At(2, 6), At(7, 6))]);
    }

    [Fact]
    public void A_crash_loses_at_most_the_last_seconds()
    {
        Looks(5, Sees());
        Looks(5, Sees());
        _clock.Advance(TimeSpan.FromMinutes(5));
        _sightings = Start();

        var watched = _sightings.WatchedOf(Active()).ShouldNotBeNull();
        watched.LastSeen.ShouldBe(At(2, 6));
        watched.Gaps!.Longest.ShouldHaveSingleItem().From.ShouldBe(At(2, 6));
    }

    [Fact]
    public void A_bot_that_hangs_did_not_look()
    {
        Looks(5);
        Looks(60);

        _sightings.WatchedOf(Active())!.Gaps!.Longest.ShouldBe([new Gap("the bot did not look", At(2, 6), At(3, 6))]);
    }

    [Fact]
    public void A_node_that_does_not_answer_is_named_with_its_time_whether_it_is_back_or_not()
    {
        Looks(5);
        Looks(20, Silent("db-2:5432"));
        Looks(20, Silent("db-2:5432"));
        _sightings.WatchedOf(Active())!.Gaps!.Longest.ShouldBe([new Gap("db-2:5432 did not answer", At(2, 6), At(2, 46))]);

        Looks(5);
        Looks(5);
        _sightings.WatchedOf(Active())!.Gaps!.Longest.ShouldBe([new Gap("db-2:5432 did not answer", At(2, 6), At(2, 51))]);
    }

    [Fact]
    public void A_node_is_said_to_be_silent_once()
    {
        Looks(5).ShouldBeEmpty();
        Looks(5, Silent("db-2:5432")).ShouldBe(["db-2:5432"]);
        Looks(5, Silent("db-2:5432")).ShouldBeEmpty();
    }

    [Fact]
    public void What_was_missed_before_the_claim_is_no_gap_of_this_grant()
    {
        var earlier = Active() with { ClaimedAt = At(0) };
        _sightings.Looked(TwoNodes, [earlier], Sees());
        _sightings.WatchedOf(earlier)!.Gaps!.Longest.ShouldHaveSingleItem().ShouldBe(new Gap("the bot was not running", At(0), At(2, 1)));

        _sightings.WatchedOf(Active())!.Gaps.ShouldBeNull();
    }

    [Fact]
    public void A_time_without_grants_is_no_gap()
    {
        Looks(5);
        _sightings.Looked(TwoNodes, [], new SessionSight { Sessions = [] });
        _clock.Advance(TimeSpan.FromHours(1));
        _sightings.Looked(TwoNodes, [Active() with { ClaimedAt = _clock.GetUtcNow() }], Sees());

        _sightings.WatchedOf(Active() with { ClaimedAt = _clock.GetUtcNow() })!.Gaps.ShouldBeNull();
    }

    [Fact]
    public void A_few_gaps_are_named_the_others_counted()
    {
        for (var look = 0; look < 60; look++)
        {
            Looks(40);
        }

        var gaps = _sightings.WatchedOf(Active())!.Gaps!;
        gaps.Longest.Count.ShouldBe(Gaps.Most);
        gaps.Others.ShouldBe(50 - Gaps.Most);
    }

    [Fact]
    public void What_is_open_is_known_for_a_while_and_only_from_who_answered()
    {
        _sightings.OpenOf(Active()).ShouldBeNull();
        Looks(5, Sees());
        _sightings.OpenOf(Active())!.Count.ShouldBe(1);
        _sightings.OpenOf(Active())!.Oldest.ShouldBe(At(2));

        Looks(5, Silent("db-2:5432"));
        _sightings.OpenOf(Active())!.SilentNodes.ShouldBe(["db-2:5432"]);
        Looks(5, Silent("db-2:5432", "localhost:5432"));
        _sightings.OpenOf(Active()).ShouldBeNull();

        Looks(5, Sees());
        _clock.Advance(TimeSpan.FromSeconds(31));
        _sightings.OpenOf(Active()).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{ "pg-prod": { "lastSeen": 7 } }""")]
    public void A_note_that_cannot_be_understood_counts_as_none(string text)
    {
        File.WriteAllText(NotePath, text);
        _sightings = Start();

        Looks(5);
        _sightings.WatchedOf(Active())!.Gaps.ShouldBeNull();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string NotePath => Path.Combine(_folder, "ledger.db.looks.json");

    private static SessionSight Sees() => new()
    {
        Sessions = [new LoginSession { Login = Active().Login, Node = "localhost:5432", StartedAt = At(2), ProcessId = 1 }],
    };

    private static SessionSight Silent(params IReadOnlyList<string> nodes) =>
        new() { Sessions = [], Silent = nodes.ToDictionary(node => node, node => node + " is away", StringComparer.Ordinal) };

    private IReadOnlyList<string> Looks(int afterSeconds, SessionSight? sight = null)
    {
        _clock.Advance(TimeSpan.FromSeconds(afterSeconds));
        return _sightings.Looked(TwoNodes, [Active()], sight ?? new SessionSight { Sessions = [] });
    }

    private void Restarts(TimeSpan away)
    {
        _sightings.Dispose();
        _clock.Advance(away);
        _sightings = Start();
    }

    private Sightings Start() => new(new SightingNote(Path.Combine(_folder, "ledger.db"), NullLogger<SightingNote>.Instance), _clock);
}
