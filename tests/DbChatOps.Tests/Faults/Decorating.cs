using Microsoft.Extensions.DependencyInjection;

namespace DbChatOps.Tests.Faults;

/// <summary>Puts something between a part of the bot and those who use it.</summary>
internal static class Decorating
{
    public static void Decorate<T>(this IServiceCollection services, Func<T, T> around)
        where T : class
    {
        var inner = services.Last(descriptor => descriptor.ServiceType == typeof(T));
        services.Remove(inner);
        services.AddSingleton(provider => around(inner.ImplementationInstance as T ?? (T)inner.ImplementationFactory!(provider)));
    }
}
