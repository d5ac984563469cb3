using System.CommandLine;
using System.CommandLine.Help;

namespace DbChatOps.Host.Commands;

/// <summary>Every command of the program.</summary>
public static class CommandTree
{
    /// <summary>What the program is called wherever it is named, whatever its file is called.</summary>
    public const string ProgramName = "dbchatops";

    public static System.CommandLine.Command Create()
    {
        var config = new Option<FileInfo>("--config", "-c")
        {
            Description = "The configuration file.",
            DefaultValueFactory = _ => new FileInfo("appsettings.json"),
            Recursive = true,
        };
        return new System.CommandLine.Command(ProgramName, "DbChatOps: production database access that ends, and can prove it.")
        {
            config,
            new HelpOption(),
            new VersionOption(),
            ServeCommand.Create(config),
            CheckCommand.Create(config),
            GrantsCommand.Create(config),
            RevokeCommand.Create(config),
            ReconcileCommand.Create(config),
            ConfirmRestoreCommand.Create(config),
            AlertsCommand.Create(config),
            AuditCommand.Create(config),
        };
    }

    /// <summary>Without a word it serves; <c>help</c> as a word is what many type.</summary>
    public static IReadOnlyList<string> Words(string[] args) => args switch
    {
        [] => ["serve"],
        ["help", .. var about] => [.. about, "--help"],
        _ => args,
    };
}
