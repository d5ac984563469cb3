using System.Reflection;
using DbChatOps.Host.Flow;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Architecture;

/// <summary>Whoever wakes somebody by an event's number must wake them for one thing.</summary>
public sealed class LogEventsTests
{
    private static readonly IReadOnlyList<(int Id, string Name)> Events =
    [
        .. from type in typeof(Decider).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
           where attribute is not null
           select (attribute.EventId, $"{type.FullName}.{method.Name}"),
    ];

    [Fact]
    public void Every_log_event_has_its_own_id()
    {
        Events.Count.ShouldBeGreaterThan(30, "the attributes are not found any more");
        Events.GroupBy(known => known.Id).Where(group => group.Key <= 0 || group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(known => known.Name))}").ShouldBeEmpty();
    }
}
