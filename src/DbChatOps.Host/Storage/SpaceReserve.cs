namespace DbChatOps.Host.Storage;

/// <summary>
/// Reserves space beside the store: a file that is deleted when the disk is full, so that an ending can still be recorded. It is written and not only
/// preallocated, because a file system may promise blocks that it does not have.
/// </summary>
internal sealed class SpaceReserve(string storePath)
{
    /// <summary>2 MB: some hundred endings, each of which writes its pages more than once.</summary>
    public const int Size = 2 * 1024 * 1024;

    private readonly string _path = PathBeside(storePath);

    public static string PathBeside(string storePath) => storePath + ".reserve";

    public bool IsWhole => new FileInfo(_path) is { Exists: true, Length: Size };

    /// <summary>False while the disk has no such room. What was written of it then is given back.</summary>
    public bool TryTake()
    {
        if (IsWhole)
        {
            return true;
        }

        try
        {
            using (var file = PrivateFile.Open(_path, FileMode.Create, FileShare.None))
            {
                var zeros = new byte[64 * 1024];
                for (var written = 0; written < Size; written += zeros.Length)
                {
                    file.Write(zeros);
                }

                file.Flush(flushToDisk: true);
            }

            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            GiveUp();
            return false;
        }
    }

    public void GiveUp()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Then there is no more room than before.
        }
    }
}
