using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace DbChatOps.Ledger;

/// <summary>The one JSON form of events, snapshots and agenda items: camel case, enums by name, ids as text, nulls left out.</summary>
public static class LedgerJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static T Read<T>(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("The stored value is null.");

    /// <summary>An event with its concrete type's members.</summary>
    public static byte[] WriteEvent(DomainEvent change) => JsonSerializer.SerializeToUtf8Bytes(change, change.GetType(), Options);

    /// <summary>Reads an event by its stored kind.</summary>
    /// <exception cref="NotSupportedException">The kind is unknown: the ledger was written by a newer release.</exception>
    public static DomainEvent ReadEvent(string kind, ReadOnlySpan<byte> json) => EventKinds.All.TryGetValue(kind, out var type)
        ? (DomainEvent)JsonSerializer.Deserialize(json, type, Options)!
        : throw new NotSupportedException($"The ledger holds an event of kind '{kind}', which this release does not know.");

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { ListCommands } },
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.Converters.Add(Text(id => id.ToString(), RequestId.Parse));
        options.Converters.Add(Text(id => id.ToString(), GrantId.Parse));
        options.Converters.Add(Text(id => id.Value, text => new ServerId(text)));
        options.Converters.Add(Text(id => id.Value, text => new TargetId(text)));
        options.Converters.Add(Text(id => id.ToString(), text => PersonId.Parse(text, CultureInfo.InvariantCulture)));
        options.Converters.Add(Text(subject => subject.ToString(), Subject.Parse));
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Commands are told apart by their record name, so that a new verb needs no list to be kept elsewhere.</summary>
    private static void ListCommands(JsonTypeInfo type)
    {
        if (type.Type != typeof(Command))
        {
            return;
        }

        var commands = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "command" };
        foreach (var command in typeof(Command).Assembly.GetTypes().Where(candidate => candidate.IsSubclassOf(typeof(Command)) && !candidate.IsAbstract))
        {
            commands.DerivedTypes.Add(new JsonDerivedType(command, command.Name));
        }

        type.PolymorphismOptions = commands.DerivedTypes.Count > 0 ? commands : null;
    }

    private static TextConverter<T> Text<T>(Func<T, string> write, Func<string, T> read) => new(write, read);

    private sealed class TextConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString()!);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(write(value));
    }
}
