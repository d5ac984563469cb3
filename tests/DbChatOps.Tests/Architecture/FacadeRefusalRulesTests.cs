using DbChatOps.Host.Engines.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Architecture;

/// <summary>A refusal that no test expects by its code could be gone tomorrow.</summary>
public sealed class FacadeRefusalRulesTests
{
    /// <summary>
    /// Not a refusal but a way out of a block; and a guard against what the server has not been seen to do: store another end or verifier than it was given.
    /// </summary>
    private static readonly string[] CannotBeMet = ["DC000", "DC015"];

    [Fact]
    public void Every_refusal_of_the_facade_is_expected_by_a_test_with_its_code()
    {
        var raised = SourceTree.Rule("ERRCODE = '(?<code>DC[0-9]{3})'").Matches(PostgreSqlSetUp.Facade()).Select(static match => match.Groups["code"].Value).Distinct().ToList();
        raised.Count.ShouldBeGreaterThan(15);

        raised.Except(CannotBeMet).Where(static code => !SourceTree.Tests.Lines(SourceTree.Rule($"\\.ShouldBe\\(.*{code}")).Any()).ShouldBeEmpty();
    }
}
