using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbChatOps.Host.Configuration;

/// <summary>
/// Where a secret comes from: written out, a mounted file, or a command that prints it. A file is read and a command run at every use,
/// so that a rotated secret is picked up.
/// </summary>
public abstract class SecretSource
{
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(10);

    /// <summary>Reads it now.</summary>
    /// <exception cref="SecretUnavailableException">The file or the command gave nothing.</exception>
    public abstract ValueTask<Secret> ReadAsync(CancellationToken ct);

    /// <summary>Says where it comes from without saying what it is; shown in hashes and problems.</summary>
    public abstract override string ToString();

    /// <summary>True when both surely give the same secret, as far as that can be told without running a command.</summary>
    public abstract bool SameAs(SecretSource other);

    /// <summary>As it is written in a configuration: a literal in full, so the file it goes to must be as private as the configuration.</summary>
    public abstract JsonNode ToJson();

    /// <summary>The reverse of <see cref="ToJson"/>.</summary>
    /// <exception cref="JsonException">It is no secret's source.</exception>
    public static SecretSource FromJson(JsonNode? json) => json switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => new Literal(value.GetValue<string>()),
        JsonObject { Count: 1 } file when file["File"] is { } path => new MountedFile(path.GetValue<string>()),
        JsonObject { Count: 1 } command when command["Command"] is JsonArray words => new PrintedByCommand([.. words.Select(word => word!.GetValue<string>())]),
        _ => throw new JsonException("This is no secret's source."),
    };

    public sealed class Literal(string value) : SecretSource
    {
        private readonly string _value = value;

        public override ValueTask<Secret> ReadAsync(CancellationToken ct) => ValueTask.FromResult(new Secret(_value));

        public override bool SameAs(SecretSource other) => other is Literal literal && literal._value == _value;

        public override JsonNode ToJson() => JsonValue.Create(_value);

        public override string ToString() => "a literal value";
    }

    public sealed class MountedFile(string path) : SecretSource
    {
        private readonly string _path = path;

        public override async ValueTask<Secret> ReadAsync(CancellationToken ct)
        {
            try
            {
                return NotEmpty((await File.ReadAllTextAsync(_path, ct)).TrimEnd('\r', '\n'));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
            {
                throw new SecretUnavailableException($"{this} {Unreadable.Because(_path, fault)}", fault);
            }
        }

        public override bool SameAs(SecretSource other) =>
            other is MountedFile file && Path.GetFullPath(file._path) == Path.GetFullPath(_path);

        public override JsonNode ToJson() => new JsonObject { ["File"] = Path.GetFullPath(_path) };

        public override string ToString() => $"file {_path}";
    }

    public sealed class PrintedByCommand(IReadOnlyList<string> words) : SecretSource
    {
        private readonly IReadOnlyList<string> _words = words;

        public override async ValueTask<Secret> ReadAsync(CancellationToken ct)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(CommandPatience);
            var start = new ProcessStartInfo(_words[0], _words.Skip(1))
            {
                UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            try
            {
                using var process = Process.Start(start) ?? throw new SecretUnavailableException($"{this} did not start");
                return await PrintedAsync(process, patience.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new SecretUnavailableException($"{this} took longer than {CommandPatience.TotalSeconds:F0} s");
            }
            catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                throw new SecretUnavailableException($"{this} cannot be run", fault);
            }
        }

        public override bool SameAs(SecretSource other) =>
            other is PrintedByCommand command && command._words.SequenceEqual(_words, StringComparer.Ordinal);

        public override JsonNode ToJson() => new JsonObject { ["Command"] = new JsonArray([.. _words.Select(word => JsonValue.Create(word))]) };

        // Its arguments may hold what nobody should read.
        public override string ToString() => $"command {_words[0]}";

        private async Task<Secret> PrintedAsync(Process process, CancellationToken ct)
        {
            try
            {
                process.StandardInput.Close();
                var complaint = process.StandardError.ReadToEndAsync(ct);
                var printed = await process.StandardOutput.ReadToEndAsync(ct);
                await complaint;
                await process.WaitForExitAsync(ct);
                return process.ExitCode == 0
                    ? NotEmpty(printed.TrimEnd('\r', '\n'))
                    : throw new SecretUnavailableException($"{this} ended with exit code {process.ExitCode}");
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
    }

    private protected Secret NotEmpty(string value) => value.Length == 0 ? throw new SecretUnavailableException($"{this} is empty") : new Secret(value);
}

/// <summary>A secret could not be fetched; the message names its source, never a value.</summary>
public sealed class SecretUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
