using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace DbChatOps.Tests.Faults;

/// <summary>A file system of its own, of a few megabytes, that a test fills to the last byte. Making one takes root and a machine that allows mounting.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dbchatops-disk-").FullName;

    /// <summary>Skips the test where none can be made.</summary>
    public SmallDisk(int megabytes)
    {
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", _root) is { } refused)
        {
            Directory.Delete(_root);
            Assert.Skip($"No small file system can be made here: {refused}");
        }

        Directory.CreateDirectory(Folder);
    }

    public string Folder => Path.Combine(_root, "bot");

    private string Filler => Path.Combine(_root, "filler");

    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        for (var chunk = 64 * 1024; chunk >= 1; chunk /= 16)
        {
            while (CanWrite(file, chunk))
            {
                // On to the last byte.
            }
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "-l", _root);
        Directory.Delete(_root, recursive: true);
    }

    private static bool CanWrite(FileStream file, int chunk)
    {
        try
        {
            file.Write(new byte[chunk]);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Null when it worked.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : said.Trim();
        }
        catch (Win32Exception fault)
        {
            return fault.Message;
        }
    }
}
