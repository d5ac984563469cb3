using DbChatOps.Ledger;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Contracts;

public sealed class LedgerHashChainTests
{
    private static readonly Func<LedgerEntry, LedgerEntry>[] Mutations =
    [
        entry => entry with { Sequence = entry.Sequence + 1 },
        entry => entry with { At = entry.At.AddTicks(1) },
        entry => entry with { Kind = entry.Kind + "x" },
        entry => entry with { Kind = entry.Kind[..^1], Subject = entry.Kind[^1..] + entry.Subject },
        entry => entry with { Subject = entry.Subject + "x" },
        entry => entry with { Incident = entry.Incident is null ? "" : null },
        entry => entry with { Incident = entry.Incident + "x" },
        entry => entry with { Body = [.. entry.Body!, 0] },
        entry => entry with { Body = null },
        entry => entry with { Salt = null },
        entry => entry with { Body = null, Salt = null },
        entry => entry with { Salt = Flip(entry.Salt!, 0) },
        entry => entry with { BodyDigest = Flip(entry.BodyDigest, 5) },
        entry => entry with { Body = [.. entry.Body!, 0], BodyDigest = HashChain.DigestBody(entry.Salt, [.. entry.Body!, 0]) },
        entry => entry with { Hash = Flip(entry.Hash, 31) },
    ];

    [Fact]
    public void Any_single_mutation_is_found_at_the_entry_it_was_made_to() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(1, 12).ToArbitrary(),
        Gen.Choose(0, 11).ToArbitrary(),
        Gen.Choose(0, Mutations.Length - 1).ToArbitrary(),
        (length, where, how) =>
        {
            var (entries, head) = Chain(length);
            var at = where % length;
            entries[at] = Mutations[how](entries[at]);

            FirstFault(entries, head).ShouldNotBeNull().Sequence.ShouldBe(at + 1);
        }));

    [Fact]
    public void Any_removal_swap_or_insertion_is_found_at_its_place() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(2, 12).ToArbitrary(),
        Gen.Choose(0, 11).ToArbitrary(),
        (length, where) =>
        {
            var at = where % (length - 1);
            var (entries, head) = Chain(length);
            FirstFault([.. entries.Where((_, i) => i != at)], head).ShouldNotBeNull().Sequence.ShouldBe(at + 1);
            FirstFault([.. entries[..at], entries[at + 1], entries[at], .. entries[(at + 2)..]], head).ShouldNotBeNull().Sequence.ShouldBe(at + 1);
            FirstFault([.. entries[..(at + 1)], .. entries[at..]], head).ShouldNotBeNull().Sequence.ShouldBe(at + 2);
            FirstFault([.. entries[..at]], head).ShouldNotBeNull().Sequence.ShouldBe(at + 1);
        }));

    [Fact]
    public void An_untouched_chain_of_any_length_holds() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 12).ToArbitrary(),
        length =>
        {
            var (entries, head) = Chain(length);
            FirstFault(entries, head).ShouldBeNull();
        }));

    private static (LedgerEntry[] Entries, ChainHead Head) Chain(int length)
    {
        var head = ChainHead.Empty;
        var entries = new LedgerEntry[length];
        for (var i = 0; i < length; i++)
        {
            var draft = Tickets.Entry(Tickets.Counted($"{i % 3}", $"note {i}")) with { Incident = i % 2 == 0 ? null : "inc" };
            entries[i] = head.Append(draft, [.. Enumerable.Range(i, HashChain.SaltLength).Select(salt => (byte)salt)]);
            head = new ChainHead(entries[i].Sequence, entries[i].Hash);
        }

        return (entries, head);
    }

    private static ChainFault? FirstFault(IEnumerable<LedgerEntry> entries, ChainHead head)
    {
        var walk = new ChainWalk();
        foreach (var entry in entries)
        {
            if (walk.Follow(entry) is { } fault)
            {
                return fault;
            }
        }

        return walk.Finish(head);
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        var flipped = bytes.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }
}
