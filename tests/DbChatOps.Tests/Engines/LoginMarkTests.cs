using DbChatOps.Host.Engines.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>A mark is good for one login on one server, and a record for one role.</summary>
public sealed class LoginMarkTests
{
    private const string Login = "dbco_ana_00000000";

    private static readonly Secret Key = new("instance key of the tests");
    private static readonly GrantId Grant = new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"));

    [Fact]
    public void A_mark_verifies_as_it_was_made() => Marked(Grant).Verifies(Key, Login, "server", 7).ShouldBeTrue();

    [Fact]
    public void Every_part_of_a_mark_counts()
    {
        Marked(Grant).Verifies(new Secret("another key"), Login, "server", 7).ShouldBeFalse();
        Marked(Grant).Verifies(Key, "dbco_bob_00000000", "server", 7).ShouldBeFalse();
        Marked(Grant).Verifies(Key, Login, "another", 7).ShouldBeFalse();
        Marked(Grant).Verifies(Key, Login, "server", 8).ShouldBeFalse();
        (Marked(Grant) with { Grant = new GrantId(Guid.Parse("0198c0de-0000-7000-8000-000000000002")) }).Verifies(Key, Login, "server", 7).ShouldBeFalse();
        (Marked(Grant) with { Grant = null }).Verifies(Key, Login, "server", 7).ShouldBeFalse();
        (Marked(Grant) with { Mac = null }).Verifies(Key, Login, "server", 7).ShouldBeFalse();
    }

    [Fact]
    public void A_record_of_another_role_of_the_same_name_says_nothing_of_this_one()
    {
        var records = new Dictionary<string, LoginMark>(StringComparer.Ordinal) { [Login] = Marked(Grant) with { RecordedOid = 7 } };

        LoginRecords.Of(records, Login, 7, comment: null).ShouldBe(records[Login]);
        LoginRecords.Of(records, Login, 8, comment: null).ShouldBeNull();
    }

    private static LoginMark Marked(GrantId grant) => new() { Grant = grant, Mac = LoginMark.MacOf(Key, Login, "server", 7, grant) };
}
