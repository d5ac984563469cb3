namespace DbChatOps.Host.Storage;

/// <summary>
/// Opens files that only the bot's own user can read, from their first moment. An existing file keeps its mode. Links are refused: writing through a planted link would
/// overwrite the file it points to.
/// </summary>
internal static class PrivateFile
{
    /// <summary>For reading and writing; appending only writes.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened, or is a link.</exception>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new UnauthorizedAccessException($"{path} is a link. The bot writes into files of its own only: remove it.");
        }

        if (mode == FileMode.Create && share == FileShare.None)
        {
            // Made anew and exclusively: nothing can come between the look above and the opening.
            File.Delete(path);
            mode = FileMode.CreateNew;
        }

        var options = new FileStreamOptions { Mode = mode, Access = mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
