using System.Globalization;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace DbChatOps.Host.Operations;

/// <summary>One JSON object a line on standard output. Secrets are masked by their type, whatever template they are put in.</summary>
public static class StructuredConsole
{
    public static ILoggingBuilder UseStructuredConsole(this ILoggingBuilder logging)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .Destructure.ByTransforming<Secret>(static secret => secret.ToString())
            .WriteTo.Console(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture))
            .CreateLogger();
        logging.ClearProviders();
        return logging.AddSerilog(logger, dispose: true);
    }
}
