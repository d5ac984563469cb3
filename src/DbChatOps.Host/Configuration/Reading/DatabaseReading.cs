using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>
/// Turns a server's databases into targets: objects with a name of their own, or plain names with the server's <c>Target</c> template
/// (<c>{database}-prod</c>), so that hundreds are described in a few lines.
/// </summary>
internal static class DatabaseReading
{
    private const string Placeholder = "{database}";

    public static IReadOnlyList<TargetSection> Read(SettingReader server, Server owner, ConnectHint connect)
    {
        var tags = server.TextList("Tags") ?? [];
        var template = server.Text("Target");
        if (template is not null && !template.Contains(Placeholder, StringComparison.Ordinal))
        {
            server.Wrong("Target", $"must contain {Placeholder}");
        }

        var levels = LevelReading.Read(server);
        var targets = server.IsListOfTexts("Databases")
            ? FromNames(server, template, name => Make(name, tags, levels))
            : [.. server.Children("Databases").Select(database => FromObject(database, template, tags, levels, Make)).OfType<TargetSection>()];
        if (!server.Has("Databases"))
        {
            server.Wrong("Databases", "is missing");
        }

        return targets;

        Target Make((string Database, string Target) name, IReadOnlyList<string> itsTags, LevelTemplates itsLevels) => new()
        {
            Id = new TargetId(name.Target),
            Server = owner.Id,
            Environment = owner.Environment,
            Database = name.Database,
            Tags = itsTags,
            Levels = itsLevels.For(name.Target),
            Connect = connect,
        };
    }

    private static List<TargetSection> FromNames(SettingReader server, string? template, Func<(string Database, string Target), Target> make)
    {
        var targets = new List<TargetSection>();
        foreach (var (database, index) in (server.TextList("Databases") ?? []).Select((name, index) => (name, index)))
        {
            if (database == "*")
            {
                server.Wrong("Databases", "\"*\" cannot be used in this release: list the databases by name");
            }
            else if (template is null)
            {
                server.Wrong("Databases", "is a list of plain names, which needs a Target template such as \"{database}-prod\"");
                return targets;
            }
            else
            {
                targets.Add(new TargetSection(make((database, Expand(template, database))), $"{server.PathOf("Databases")}[{index}]"));
            }
        }

        return targets;
    }

    private static TargetSection? FromObject(
        SettingReader database,
        string? template,
        IReadOnlyList<string> serverTags,
        LevelTemplates serverLevels,
        Func<(string Database, string Target), IReadOnlyList<string>, LevelTemplates, Target> make)
    {
        var name = database.RequiredText("Name");
        if (name == "*")
        {
            database.Wrong("Name", "\"*\" cannot be used in this release: list the databases by name");
        }

        var target = database.Text("Target") ?? (template is null ? database.Missing("Target", "") : Expand(template, name));
        var tags = serverTags.Union(database.TextList("Tags") ?? [], StringComparer.Ordinal).ToList();
        var levels = database.Has("Levels") ? LevelReading.Read(database) : serverLevels;
        database.Done();
        return name is "" or "*" || target.Length == 0 ? null : new TargetSection(make((name, target), tags, levels), database.Path);
    }

    private static string Expand(string template, string database) =>
        template.Replace(Placeholder, database.ToLowerInvariant().Replace('_', '-'), StringComparison.Ordinal);
}
