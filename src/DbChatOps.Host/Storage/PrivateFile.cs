namespace DbChatOps.Host.Storage;

/// <summary>Files that only the bot's own user can open, from their first moment. One that is there keeps its mode.</summary>
internal static class PrivateFile
{
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
