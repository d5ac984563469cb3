using System.Globalization;
using System.Text;

namespace DbChatOps.Host.Storage;

/// <summary>
/// The right to be the one worker of an embedded store: an operating system lock on the file <c>&lt;store&gt;.lock</c>, which a dying process
/// lets go by itself. Whoever takes it voids all agenda claims. Reading needs no lock.
/// </summary>
public sealed class StoreLock : IDisposable
{
    private readonly FileStream _held;

    private StoreLock(FileStream held) => _held = held;

    /// <summary>Takes the lock, or says who has it. The lock file stays where it is when the lock is let go: removing it would race.</summary>
    public static StoreLock? TryTake(string storePath, TimeProvider clock, out string? heldBy)
    {
        try
        {
            var taken = new StoreLock(PrivateFile.Open(storePath + ".lock", FileMode.OpenOrCreate, FileShare.None));
            using var holder = PrivateFile.Open(HolderPath(storePath), FileMode.Create, FileShare.Read);
            holder.Write(Encoding.UTF8.GetBytes(Describe(clock)));
            heldBy = null;
            return taken;
        }
        catch (IOException)
        {
            heldBy = ReadHolder(storePath);
            return null;
        }
    }

    public void Dispose() => _held.Dispose();

    /// <summary>Beside the lock, not inside it: a locked file cannot be read everywhere.</summary>
    private static string HolderPath(string storePath) => storePath + ".lock.holder";

    private static string Describe(TimeProvider clock) => string.Create(
        CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName} since {clock.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC");

    private static string ReadHolder(string storePath)
    {
        try
        {
            return File.ReadAllText(HolderPath(storePath));
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
