using DbChatOps.Ledger;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Access;

/// <summary>What is written can be read, and reads the same for ever.</summary>
public sealed class LedgerFormTests
{
    [Fact]
    public void The_story_tells_every_event_of_the_slice()
    {
        var told = AccessStory.Steps.Select(step => step.Change.GetType()).ToHashSet();

        EventKinds.All.Values.Where(type => type.Namespace == "DbChatOps.Access" && !type.IsAssignableTo(typeof(IRemark)) && !told.Contains(type)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_event_is_read_back_as_it_was_written()
    {
        foreach (var (_, change) in AccessStory.Steps)
        {
            var written = LedgerJson.WriteEvent(change);
            var read = LedgerJson.ReadEvent(EventKinds.KindOf(change.GetType()), written);

            read.GetType().ShouldBe(change.GetType());
            LedgerJson.WriteEvent(read).ShouldBe(written);
        }
    }

    [Fact]
    public void Every_snapshot_is_read_back_as_it_was_written()
    {
        foreach (var (next, _) in AccessStory.Steps)
        {
            if (next is DbChatOps.Access.Grant grant)
            {
                LedgerJson.Write(LedgerJson.Read<DbChatOps.Access.Grant>(LedgerJson.Write(grant))).ShouldBe(LedgerJson.Write(grant));
            }
            else if (next is DbChatOps.Access.AccessRequest request)
            {
                LedgerJson.Write(LedgerJson.Read<DbChatOps.Access.AccessRequest>(LedgerJson.Write(request))).ShouldBe(LedgerJson.Write(request));
            }
        }
    }

    [Fact]
    public void Every_row_is_read_back_as_it_was_written()
    {
        foreach (var item in AccessStory.Steps.SelectMany(step => Consequences.Of(step.Next, step.Change)).Select(row => row.Item))
        {
            LedgerJson.Write(LedgerJson.Read<AgendaItem>(LedgerJson.Write(item))).ShouldBe(LedgerJson.Write(item));
        }
    }

    [Fact]
    public void A_fold_over_what_was_written_gives_the_same_bytes_as_the_decision()
    {
        foreach (var (next, change) in AccessStory.Steps.Where(step => step.Change is DbChatOps.Access.RequestAsked or DbChatOps.Access.GrantOpened))
        {
            var fold = LedgerVocabulary.Core.Aggregates[next.Subject.Kind];
            var again = fold.Apply(null, LedgerJson.ReadEvent(EventKinds.KindOf(change.GetType()), LedgerJson.WriteEvent(change)));

            fold.Write(again).ShouldBe(fold.Write(next));
        }
    }
}
