using System.Collections.Concurrent;
using DbChatOps.Tests.PostgreSql;
using Xunit;

[assembly: AssemblyFixture(typeof(ClusterTemplates))]

namespace DbChatOps.Tests.PostgreSql;

/// <summary>
/// One stopped cluster for each shape, set up once; the pairs of the test classes are copies of it. To initialise and set up each took a fifth of the time of all tests.
/// Copies share their system identifier, see <see cref="ClusterShape.HasOwnIdentity"/>.
/// </summary>
public sealed class ClusterTemplates : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<ClusterShape, Lazy<Task<PostgreSqlPair>>> Made = new();

    /// <summary>The data folder of the stopped cluster of this shape.</summary>
    public static async Task<string> OfAsync(ClusterShape shape, Func<PostgreSqlPair, Task> setUp) =>
        (await Made.GetOrAdd(shape with { HasStandby = false }, key => new Lazy<Task<PostgreSqlPair>>(() => MakeAsync(key, setUp))).Value).Writer.Data;

    public async ValueTask DisposeAsync()
    {
        foreach (var made in Made.Values.Where(static m => m.IsValueCreated && m.Value.IsCompletedSuccessfully))
        {
            await (await made.Value).DisposeAsync();
        }
    }

    private static async Task<PostgreSqlPair> MakeAsync(ClusterShape shape, Func<PostgreSqlPair, Task> setUp)
    {
        var pair = new PostgreSqlPair(shape);
        await pair.InitializeAsync();
        await setUp(pair);
        await pair.Writer.StopGentlyAsync();
        return pair;
    }
}
