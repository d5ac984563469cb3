namespace DbChatOps.Host.Configuration;

/// <summary>Why a file could not be read, in words that say what to do.</summary>
internal static class Unreadable
{
    public static string Because(string path, Exception fault) => fault switch
    {
        _ when Directory.Exists(path) => "is a folder, not a file",
        FileNotFoundException or DirectoryNotFoundException => "is not there",
        UnauthorizedAccessException => $"may not be read by user {Environment.UserName}",
        _ => "cannot be read",
    };
}
