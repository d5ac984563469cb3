using System.Runtime.InteropServices;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Commands;

/// <summary>The store as <c>check</c> finds it. Makes nothing: what a check by another user left behind would keep the bot from starting.</summary>
internal sealed partial class StoreLook : IAsyncDisposable
{
    /// <summary>W_OK and X_OK.</summary>
    private const int WriteAndSearch = 2 | 1;

    private StoreLook(FindingSeverity severity, string said, SqliteStore? store) => (Severity, Said, Store) = (severity, said, store);

    public FindingSeverity Severity { get; }

    public string Said { get; }

    /// <summary>Null when there is none yet, or it cannot be read.</summary>
    public SqliteStore? Store { get; }

    public static StoreLook At(Settings settings, TimeProvider clock)
    {
        var path = settings.Store.Path;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (!Directory.Exists(folder))
        {
            return new StoreLook(FindingSeverity.Error, $"the folder {folder} is not there: make it, for the bot's user alone (mode 0700)", null);
        }

        if (!IsWritable(folder))
        {
            return new StoreLook(FindingSeverity.Error, $"user {Environment.UserName} may not write in {folder}: give it to the bot's user, and run this check as that user", null);
        }

        if (!File.Exists(path))
        {
            return new StoreLook(FindingSeverity.Note, $"{path} is not there yet; the first start makes it{AsRoot}", null);
        }

        try
        {
            return new StoreLook(FindingSeverity.Note, $"{path} can be read{AsRoot}", SqliteStore.OpenBeside(path, clock));
        }
        catch (LedgerUnavailableException fault)
        {
            return new StoreLook(FindingSeverity.Error, fault.Message, null);
        }
    }

    public ValueTask DisposeAsync() => Store?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string AsRoot => OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess
        ? ""
        : "; this check runs as root, so whether the bot's own user may write it was not seen";

    private static bool IsWritable(string folder) => OperatingSystem.IsWindows() || Access(folder, WriteAndSearch) == 0;

    /// <summary>Asks the system and tries nothing: a look leaves no file behind, not for a moment.</summary>
    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);
}
