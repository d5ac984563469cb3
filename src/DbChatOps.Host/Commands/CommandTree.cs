using System.CommandLine;

namespace DbChatOps.Host.Commands;

/// <summary>Every command of the program.</summary>
public static class CommandTree
{
    public static RootCommand Create()
    {
        var config = new Option<FileInfo>("--config", "-c")
        {
            Description = "The configuration file.",
            DefaultValueFactory = _ => new FileInfo("appsettings.json"),
            Recursive = true,
        };
        return new RootCommand("DbChatOps: production database access that ends, and can prove it.")
        {
            config,
            ServeCommand.Create(config),
            CheckCommand.Create(config),
            GrantsCommand.Create(config),
            RevokeCommand.Create(config),
            ReconcileCommand.Create(config),
            AlertsCommand.Create(config),
            AuditCommand.Create(config),
        };
    }
}
