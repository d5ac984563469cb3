using System.Text;
using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Instance</c>, <c>Security</c> and <c>Store</c>.</summary>
internal static class InstanceReading
{
    private const int LeastKeyBytes = 32;
    private const int LeastKeyVariety = 10;

    public static async Task<InstanceSettings> ReadAsync(SettingReader root, CancellationToken ct)
    {
        if (root.Child("Instance") is not { } instance)
        {
            return root.Missing("Instance", new InstanceSettings { Id = "", Key = new Secret("") });
        }

        var source = instance.RequiredSecret("Key");
        var read = new InstanceSettings
        {
            Id = instance.RequiredText("Id"),
            Key = await SecretReading.FetchAsync(instance, "Key", source, ct) ?? new Secret(""),
            KeySource = source,
        };
        if (read.Id.Length > 0 && !TargetNames.IsValid(read.Id))
        {
            instance.Wrong("Id", $"\"{SettingReader.Shown(read.Id)}\" breaks the naming rule: {TargetNames.Rule}");
        }

        CheckKey(instance, read.Key);
        instance.Done();
        return read;
    }

    public static SecuritySettings ReadSecurity(SettingReader root)
    {
        if (root.Child("Security") is not { } security)
        {
            return new SecuritySettings { AcceptChatOnly = false, CutOffGroups = [] };
        }

        var read = new SecuritySettings
        {
            AcceptChatOnly = security.Flag("AcceptChatOnly"),
            CutOffGroups = security.TextList("CutOffGroups") ?? [],
        };
        if (security.Span("StrippedStopsGrantsFor", TimeSpan.Zero, TimeSpan.FromDays(1)) is { } stops)
        {
            read = read with { StrippedStopsGrantsFor = stops };
        }

        security.Later("CheckpointKey");
        security.Done();
        return read;
    }

    public static async Task<StoreSettings> ReadStoreAsync(SettingReader root, CancellationToken ct)
    {
        var none = new StoreSettings { ConnectionString = new Secret(""), Path = "" };
        if (root.Child("Store") is not { } store)
        {
            return root.Missing("Store", none);
        }

        if (store.Text("Provider") is { } provider && provider != "Sqlite")
        {
            store.Wrong("Provider", $"\"{SettingReader.Shown(provider)}\" cannot be used: this release stores in Sqlite only");
        }

        var text = await SecretReading.RequiredAsync(store, "ConnectionString", ct);
        var path = text.IsEmpty ? "" : PathOf(store, text);
        store.Done();
        return none with { ConnectionString = text, Path = path };
    }

    private static string PathOf(SettingReader store, Secret connectionString)
    {
        try
        {
            var path = new SqliteConnectionStringBuilder(connectionString.Reveal()).DataSource;
            if (path.Length > 0 && path != ":memory:")
            {
                return path;
            }
        }
        catch (ArgumentException)
        {
            // Said below, without the parser's words: they may quote a password.
        }

        store.Wrong("ConnectionString", "must name a file: \"Data Source=/var/lib/dbchatops/ledger.db\"");
        return "";
    }

    private static void CheckKey(SettingReader instance, Secret key)
    {
        if (key.IsEmpty)
        {
            return;
        }

        if (Encoding.UTF8.GetByteCount(key.Reveal()) < LeastKeyBytes)
        {
            instance.Wrong("Key", $"is shorter than {LeastKeyBytes} bytes: `openssl rand -base64 32` makes a good one");
        }
        else if (key.Reveal().Distinct().Count() < LeastKeyVariety)
        {
            instance.Wrong("Key", "repeats the same few characters: `openssl rand -base64 32` makes a good one");
        }
    }
}
