using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace DbChatOps.Host.Operations;

/// <summary>One JSON object a line on standard output. Secrets are masked by their type, whatever template they are put in.</summary>
public static class StructuredConsole
{
    private static readonly ITextFormatter OneLine = new Quiet(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture));

    /// <summary>The framework's account of a start that failed, with its stack: whoever started it is told why in one sentence.</summary>
    private static readonly HashSet<string> ToldInWords = new(["Hosting failed to start", "Unable to start Kestrel."], StringComparer.Ordinal);

    public static ILoggingBuilder UseStructuredConsole(this ILoggingBuilder logging) =>
        logging.Use(configuration => configuration.WriteTo.Console(OneLine));

    /// <summary>The same lines, written elsewhere.</summary>
    public static ILoggingBuilder UseStructuredConsole(this ILoggingBuilder logging, TextWriter output) =>
        logging.Use(configuration => configuration.WriteTo.Sink(new Lines(output)));

    private static ILoggingBuilder Use(this ILoggingBuilder logging, Action<LoggerConfiguration> to)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .Filter.ByExcluding(static line => ToldInWords.Contains(line.MessageTemplate.Text))
            .Enrich.FromLogContext()
            .Destructure.ByTransforming<Secret>(static secret => secret.ToString());
        to(configuration);
        logging.ClearProviders();
        return logging.AddSerilog(configuration.CreateLogger(), dispose: true);
    }

    /// <summary>
    /// JSON lets DEL, C1 controls and the marks that turn text around stand as they are, and a terminal obeys them: escaped, they are only read.
    /// </summary>
    private sealed class Quiet(ITextFormatter inner) : ITextFormatter
    {
        public void Format(LogEvent logEvent, TextWriter output)
        {
            using var line = new StringWriter(CultureInfo.InvariantCulture);
            inner.Format(logEvent, line);
            foreach (var character in line.GetStringBuilder().ToString())
            {
                if (character is (>= '\u007f' and <= '\u009f') or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))
                {
                    output.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"));
                }
                else
                {
                    output.Write(character);
                }
            }
        }
    }

    private sealed class Lines(TextWriter output) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => OneLine.Format(logEvent, output);
    }
}
