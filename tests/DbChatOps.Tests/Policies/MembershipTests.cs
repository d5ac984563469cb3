using DbChatOps.Policies;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

public sealed class MembershipTests
{
    private static readonly Group Dba = Group("dba", Bo, Cy) with { ChatGroup = "S1" };

    [Fact]
    public void An_empty_roster_is_nobody() => Members(Group("dba")).Contains("dba", Bo).ShouldBeFalse();

    [Fact]
    public void A_chat_group_narrows_the_roster_to_those_in_both()
    {
        var membership = Resolve(Dba, Cy, Dee).OrThrow();

        membership.Contains("dba", Cy).ShouldBeTrue();
        membership.Contains("dba", Bo).ShouldBeFalse();
        membership.Contains("dba", Dee).ShouldBeFalse();
    }

    [Fact]
    public void An_empty_chat_group_narrows_to_nobody() => Resolve(Dba).OrThrow().Members("dba").ShouldBeEmpty();

    [Fact]
    public void A_chat_group_widens_only_where_it_was_configured_so() =>
        Resolve(Dba with { ChatGroupUse = ChatGroupUse.Widens }, Dee).OrThrow().Members("dba").Count.ShouldBe(3);

    [Fact]
    public void An_unanswered_chat_group_refuses_instead_of_meaning_everybody_or_nobody()
    {
        var answers = new Dictionary<string, IReadOnlySet<PersonId>>(StringComparer.Ordinal);

        Membership.Resolve(People.Unlinked, [Dba], answers).ShouldBeRefused("directory_unavailable");
        Membership.Resolve(People.Unlinked, [Dba with { ChatGroupUse = ChatGroupUse.Widens }], answers).ShouldBeRefused("directory_unavailable");
    }

    [Fact]
    public void A_linked_account_belongs_where_its_human_belongs()
    {
        var elsewhere = new PersonId("teams", "contoso", "b-o");
        var people = new People([new Human { Key = "bo", Identities = [Bo, elsewhere] }]);

        Members(people, Group("dba", Bo)).Contains("dba", elsewhere).ShouldBeTrue();
        Members(people, Group("dba", Bo, elsewhere)).Members("dba").Count.ShouldBe(1);
    }

    [Fact]
    public void The_same_user_id_in_another_workspace_is_somebody_else() =>
        Members(Group("dba", Bo)).Contains("dba", Bo with { Realm = "T9" }).ShouldBeFalse();

    [Fact]
    public void Membership_of_no_group_admits_nobody() => Usual.ContainsAny([], Bo).ShouldBeFalse();

    private static Result<Membership> Resolve(Group group, params PersonId[] inChat) => Membership.Resolve(
        People.Unlinked, [group], new Dictionary<string, IReadOnlySet<PersonId>>(StringComparer.Ordinal) { ["S1"] = inChat.ToHashSet() });
}
