namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Fetches secrets while the configuration is read, so that a missing file is found now and not at the first press.</summary>
internal static class SecretReading
{
    /// <summary>The secret; an empty one, with a problem noted, when it cannot be had.</summary>
    public static async Task<Secret> RequiredAsync(SettingReader reader, string name, CancellationToken ct) =>
        await FetchAsync(reader, name, reader.RequiredSecret(name), ct) ?? new Secret("");

    public static async Task<Secret?> OptionalAsync(SettingReader reader, string name, CancellationToken ct) =>
        await FetchAsync(reader, name, reader.Secret(name), ct);

    /// <summary>Absent when there is no source, when it gave nothing, or when secrets are not fetched at all.</summary>
    public static async Task<Secret?> FetchAsync(SettingReader reader, string name, SecretSource? source, CancellationToken ct)
    {
        if (source is null || !reader.State.FetchesSecrets)
        {
            return null;
        }

        try
        {
            return await source.ReadAsync(ct);
        }
        catch (SecretUnavailableException fault)
        {
            reader.Wrong(name, fault.Message);
            return null;
        }
    }
}
