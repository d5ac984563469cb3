using System.Net.Sockets;
using DbChatOps.Host.Operations;
using Microsoft.AspNetCore.Connections;

namespace DbChatOps.Host.Commands;

/// <summary>The web server around the bot. It is told everything here and reads no configuration, no variable and no working directory of its own.</summary>
internal static class WebFront
{
    private const string Example = "http://127.0.0.1:8080";

    /// <summary>What is wrong with the addresses to listen on; null when nothing is.</summary>
    public static string? Refuse(string urls) => urls.Split(';') switch
    {
        [""] => $"--urls is empty; write {Example}.",
        var addresses => addresses.Select(RefuseOne).FirstOrDefault(problem => problem is not null),
    };

    public static WebApplicationBuilder Builder(string urls)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls(urls);
        builder.Services.AddRoutingCore();
        builder.Logging.UseStructuredConsole();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(15));
        return builder;
    }

    /// <summary>Runs it until it is told to stop, and says both in the log.</summary>
    public static async Task<int> RunAsync(WebApplication app, string urls, CancellationToken ct)
    {
        app.Lifetime.ApplicationStarted.Register(() => app.Logger.Listening(urls));
        app.Lifetime.ApplicationStopping.Register(() => app.Logger.Stopping());
        app.Lifetime.ApplicationStopped.Register(() => app.Logger.Stopped());
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception fault) when (WhyNot(fault) is not null)
        {
            await app.StopAsync(CancellationToken.None);
            await Console.Error.WriteLineAsync($"Cannot listen on {urls}: {WhyNot(fault)} (--urls chooses another).");
            return ExitCode.CouldNotRun;
        }

        await app.WaitForShutdownAsync(ct);
        return ExitCode.Fine;
    }

    private static string? WhyNot(Exception? fault) => fault switch
    {
        AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "the address is in use",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "this user may not listen there",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "this machine does not have that address",
        null => null,
        _ => WhyNot(fault.InnerException),
    };

    private static string? RefuseOne(string address)
    {
        try
        {
            return BindingAddress.Parse(address) switch
            {
                { Scheme: "https" } => $"--urls: '{address}': the bot speaks plain http; a reverse proxy with a certificate stands before it. Write {Example}.",
                { Scheme: "http", PathBase: "" } => null,
                _ => $"--urls: '{address}' is not an address; write {Example}.",
            };
        }
        catch (FormatException)
        {
            return $"--urls: '{address}' is not an address; write {Example}.";
        }
    }
}
