using System.Text.Json;
using DbChatOps.Targets;
using DbChatOps.Tests.Configuration;
using DbChatOps.Tests.Journeys;
using Xunit;

namespace DbChatOps.Tests.Commands;

/// <summary>A configuration file from which a process of its own works on the store and the servers of a bot under test.</summary>
internal static class BotsConfiguration
{
    /// <summary>The first server, the key and the store of this bot, with one target.</summary>
    public static async Task ConfigureAsync(this SettingsFolder folder, BotUnderTest bot)
    {
        folder
            .With("Instance", JsonSerializer.Serialize(new { bot.Settings.Instance.Id, Key = bot.Settings.Instance.Key.Reveal() }))
            .With("Store.ConnectionString", JsonSerializer.Serialize(bot.Settings.Store.ConnectionString!.Reveal()));
        await folder.ConfigureAsync(bot.Settings.Targets.Servers[0]);
    }

    /// <summary>This server alone, with one target; a node without a CA file trusts the machine's own roots.</summary>
    public static async Task ConfigureAsync(this SettingsFolder folder, Server server) => folder.With("Servers", JsonSerializer.Serialize(new[]
    {
        new
        {
            Id = server.Id.Value,
            Environment = "Production",
            Nodes = server.Nodes.Select(static node => new { node.Host, node.Port, CaFile = node.CaFile ?? "system" }),
            server.AdminDatabase,
            Minter = new { server.Minter.User, Password = (await server.Minter.Password(TestContext.Current.CancellationToken)).Reveal() },
            Databases = new[] { new { Name = "orders", Target = "orders-prod" } },
            Levels = new { read = new { StandingRole = "dbchatops_orders_read" } },
        },
    }));
}
