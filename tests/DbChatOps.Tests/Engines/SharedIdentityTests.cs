using DbChatOps.Host.Commands;
using DbChatOps.Targets;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

public sealed class SharedIdentityTests
{
    private static readonly Server Orders = Of("orders");

    [Fact]
    public void Servers_of_their_own_identity_share_nothing() => Errors(Orders, "1", [Orders, Of("billing")], ("orders", "1"), ("billing", "2")).ShouldBeEmpty();

    [Fact]
    public void A_server_that_was_taken_out_of_the_configuration_counts_no_more() => Errors(Orders, "1", [Orders], ("orders", "1"), ("before", "1")).ShouldBeEmpty();

    [Fact]
    public void Two_copies_of_one_original_and_a_copy_of_a_copy_are_declared()
    {
        var (first, second, third) = (Of("first", "orders"), Of("second", "orders"), Of("third", "second"));

        foreach (var server in new[] { Orders, first, second, third })
        {
            Errors(server, "1", [Orders, first, second, third], ("orders", "1"), ("first", "1"), ("second", "1"), ("third", "1")).ShouldBeEmpty();
        }
    }

    [Fact]
    public void An_undeclared_copy_is_an_error_that_check_prints_with_both_cures()
    {
        var stray = Of("stray");

        var error = Errors(Orders, "1", [Orders, stray], ("orders", "1"), ("stray", "1")).ShouldHaveSingleItem();

        CheckReport.Lines(error).ShouldBe(
        [
            "  ERROR    identity_shared: it has the system identifier 1 of stray: one cluster under two names, or an undeclared physical copy.",
            "           in the configuration, under Servers:",
            "             One cluster: keep one entry and move its Databases there. A physical copy: \"CloneOf\" in the copy's entry names the original, such as \"CloneOf\": \"stray\".",
        ]);
    }

    private static IReadOnlyList<Finding> Errors(Server server, string seen, IReadOnlyList<Server> configured, params IReadOnlyList<(string Server, string Identifier)> pinned) =>
        SharedIdentity.Find(server, seen, pinned.ToDictionary(static pin => new ServerId(pin.Server), static pin => pin.Identifier), new TargetBook(configured, []));

    private static Server Of(string id, string? cloneOf = null) => Access.AccessGiven.PgProd with { Id = new ServerId(id), CloneOf = cloneOf is null ? null : new ServerId(cloneOf) };
}
