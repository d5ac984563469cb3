using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Targets;
using DbChatOps.Tests.Faults;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Operations;

/// <summary>Connections are held for as long as something is live or owed on a server, and no longer.</summary>
public sealed class HeldConnectionsTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_held_from_the_opening_of_a_grant_to_its_proof()
    {
        var record = new EngineRecord();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<ILoginEngine>(record.Watch));
        await bot.Get<HeldConnections>().LookAsync(Ct);
        await bot.HasAccessAsync();
        await bot.Get<HeldConnections>().LookAsync(Ct);
        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        await bot.Get<HeldConnections>().LookAsync(Ct);

        record.StoodReady.ShouldBe([false, true, false]);
    }

    [Fact]
    public async Task While_nobody_can_tell_what_is_owed_they_stay_as_they_were()
    {
        var record = new EngineRecord();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<ILoginEngine>(record.Watch));
        var answers = new Queue<bool?>([null, true, null, false, null]);
        using var held = new HeldConnections(
            (_, _) => Task.FromResult(answers.Dequeue()), bot.Get<ILoginEngine>(), bot.Get<Func<Rules>>(), TimeProvider.System, NullLogger<HeldConnections>.Instance);

        while (answers.Count > 0)
        {
            await held.LookAsync(Ct);
        }

        record.StoodReady.ShouldBe([false, true, true, false, false]);
    }
}
