using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace DbChatOps.Host.Operations;

/// <summary>One JSON object a line on standard output. Secrets are masked by their type, whatever template they are put in.</summary>
public static class StructuredConsole
{
    private static readonly JsonFormatter OneLine = new(renderMessage: true, formatProvider: CultureInfo.InvariantCulture);

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

    private sealed class Lines(TextWriter output) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => OneLine.Format(logEvent, output);
    }
}
