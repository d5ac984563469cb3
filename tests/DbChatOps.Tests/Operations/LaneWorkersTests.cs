using System.Reflection;
using DbChatOps.Alerts;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Host.Storage;
using DbChatOps.Tests.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Operations;

/// <summary>However the program is put together, each lane that rows can be written for has a worker: a lane without one is tried for ever and logs an error each time.</summary>
public sealed class LaneWorkersTests : IAsyncDisposable
{
    private static readonly PersonId Somebody = new("slack", "T0", "U1");

    private readonly SettingsFolder _folder = new();
    private SqliteStore? _store;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>One lane of each kind.</summary>
    private static IReadOnlyDictionary<string, string> Kinds { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [nameof(Lanes.Dispatch)] = Lanes.Dispatch,
        [nameof(Lanes.Ending)] = Lanes.Ending(new ServerId("pg-prod")),
        [nameof(Lanes.Channel)] = Lanes.Channel("C1"),
        [nameof(Lanes.Person)] = Lanes.Person(Somebody),
        [nameof(Lanes.Engine)] = Lanes.Engine(new ServerId("pg-prod")),
        [nameof(Lanes.HandOver)] = Lanes.HandOver(new GrantId(Guid.Empty)),
        [nameof(Lanes.Digests)] = Lanes.Digests,
        [nameof(Lanes.Homes)] = Lanes.Homes,
    };

    public async ValueTask DisposeAsync()
    {
        await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public void Each_kind_of_lane_is_tried_here() => typeof(Lanes).GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Select(member => member.Name).Where(name => !name.EndsWith("Prefix", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        .ShouldBe(Kinds.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_lane_has_a_worker(bool endingOnly)
    {
        var store = _store = SqliteStore.Open(_folder.Path("ledger.db"), TimeProvider.System);
        _folder.With("Store.ConnectionString", $"\"Data Source={_folder.Path("ledger.db")}\"");
        var loader = _folder.Loader();
        var settings = await loader.LoadAsync(Ct);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = endingOnly
            ? await EndingOnlyBot.WithStoreAsync(builder, settings, store, "the configuration is invalid", TimeProvider.System, Ct)
            : await Bot.CreateAsync(builder, loader, settings, store, TimeProvider.System, Ct);

        var workers = app.Services.GetServices<ILaneWorker>().ToList();

        Kinds.Values.Append(AlertCards.WebhookLane)
            .Where(lane => !workers.Exists(worker => lane.StartsWith(worker.LanePrefix, StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }
}
