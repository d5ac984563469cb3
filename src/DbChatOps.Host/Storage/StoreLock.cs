using System.Globalization;
using System.Text;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <summary>
/// The right to be the one worker of an embedded store: an operating system lock on the file <c>&lt;store&gt;.lock</c>, which a dying process
/// lets go by itself. Whoever takes it voids all agenda claims. Reading needs no lock.
/// </summary>
public sealed class StoreLock : IDisposable
{
    /// <summary>ENOSPC, as .NET hands it through on Unix.</summary>
    private const int NoSpaceLeft = 28;

    private readonly FileStream _held;

    private StoreLock(FileStream held) => _held = held;

    /// <summary>Takes the lock, or says who has it. The lock file stays where it is when the lock is let go: removing it would race.</summary>
    /// <exception cref="LedgerUnavailableException">The disk is too full for the lock's file.</exception>
    public static StoreLock? TryTake(string storePath, TimeProvider clock, out string? heldBy)
    {
        try
        {
            var taken = new StoreLock(PrivateFile.Open(storePath + ".lock", FileMode.OpenOrCreate, FileShare.None));
            Note(HolderPath(storePath), Describe(clock));
            heldBy = null;
            return taken;
        }
        catch (IOException fault) when (fault.HResult == NoSpaceLeft)
        {
            throw new LedgerUnavailableException("The disk of the store is full.", fault);
        }
        catch (IOException)
        {
            heldBy = ReadHolder(storePath);
            return null;
        }
    }

    public void Dispose() => _held.Dispose();

    /// <summary>Best effort: a full disk must not look like a lock that another process holds.</summary>
    private static void Note(string path, string holder)
    {
        try
        {
            using var file = PrivateFile.Open(path, FileMode.Create, FileShare.Read);
            file.Write(Encoding.UTF8.GetBytes(holder));
        }
        catch (IOException)
        {
            // The lock is held all the same; the next process cannot name its holder.
        }
    }

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
