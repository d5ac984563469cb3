using System.Reflection;

namespace DbChatOps.Host.Operations;

/// <summary>Which release this is.</summary>
internal static class Release
{
    public static string Version { get; } =
        typeof(Release).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of unknown version";
}
