using DbChatOps.Tests;
using DbChatOps.Tests.Engines;
using DbChatOps.Tests.Faults;
using DbChatOps.Tests.Journeys;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace DbChatOps.Tests;

/// <summary>Classes that take a minute or more begin first: one of them that began last would keep everybody waiting, alone on the machine.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        .. new[]
        {
            typeof(CrashMatrixTests), typeof(ManyGrantsTests), typeof(HostileStoryTests), typeof(ServerOutageTests),
            typeof(PostgreSqlManyObjectsTests), typeof(PostgreSqlRevocationTests), typeof(PostgreSqlInspectionTests),
        }.Select(static type => type.FullName!),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Rank)];

    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var rank = Array.FindIndex(Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return rank < 0 ? Longest.Length : rank;
    }
}
