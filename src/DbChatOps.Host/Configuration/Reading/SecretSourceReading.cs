namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads where secrets come from; none is opened here.</summary>
internal static class SecretSourceReading
{
    /// <summary>A secret's source: a text, <c>{ "File": "…" }</c> or <c>{ "Command": ["…"] }</c>.</summary>
    public static SecretSource? Secret(this SettingReader reader, string name)
    {
        reader.State.SecretPaths.Add(reader.PathOf(name));
        switch (reader.Find(name))
        {
            case null:
                return null;
            case SettingNode.Leaf { Kind: LeafKind.Text or LeafKind.Untyped } leaf:
                if (leaf.Text.Length > 0)
                {
                    return new SecretSource.Literal(leaf.Text);
                }

                reader.Wrong(name, "is empty");
                return null;
            case SettingNode.Branch child:
                var parts = new SettingReader(child, reader.PathOf(name), reader.State);
                var (file, command) = (parts.Text("File"), parts.TextList("Command"));
                parts.Done();
                if (file is null == command is null || command is [])
                {
                    reader.Wrong(name, "must have either File or Command");
                    return null;
                }

                return file is not null ? new SecretSource.MountedFile(file) : new SecretSource.PrintedByCommand(command!);
            default:
                reader.Wrong(name, "must be a text, { \"File\": \"…\" } or { \"Command\": [\"…\"] }");
                return null;
        }
    }

    public static SecretSource? RequiredSecret(this SettingReader reader, string name)
    {
        var source = reader.Secret(name);
        return source is null && !reader.Has(name) ? reader.Missing(name, source) : source;
    }
}
