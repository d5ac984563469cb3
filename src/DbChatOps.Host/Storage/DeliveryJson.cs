using System.Text.Json;
using System.Text.Json.Serialization;
using DbChatOps.Chat;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <summary>
/// The stored form of a delivery. The one place where a <see cref="Secret"/> (the response URL) is written out: into the inbox payload,
/// which is deleted when the delivery is decided.
/// </summary>
internal static class DeliveryJson
{
    private static readonly JsonSerializerOptions Options = new(LedgerJson.Options) { Converters = { new SecretConverter() } };

    public static byte[] Write(Delivery delivery) => JsonSerializer.SerializeToUtf8Bytes(delivery, Options);

    public static Delivery Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<Delivery>(json, Options) ?? throw new JsonException("The stored delivery is null.");

    private sealed class SecretConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(value.Reveal());
    }
}
