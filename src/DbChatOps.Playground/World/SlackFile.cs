namespace DbChatOps.Playground.World;

/// <summary>A file on its way in (<see cref="Bytes"/> null), received, or shared into <see cref="ChannelId"/>.</summary>
public sealed record SlackFile
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required long Length { get; init; }
    public required string UploadTicket { get; init; }
    public string? Title { get; init; }
    public ReadOnlyMemory<byte>? Bytes { get; init; }
    public string? ChannelId { get; init; }
    public bool IsComplete { get; init; }
}
