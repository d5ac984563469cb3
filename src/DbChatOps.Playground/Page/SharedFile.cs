using System.Text.Json.Nodes;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Page;

/// <summary>A file that a person puts into a conversation. The bot is not told of it: it asks for no such event.</summary>
internal static class SharedFile
{
    private const int MostBytes = 2_000_000;

    /// <summary>They are kept in memory.</summary>
    private const int MostFiles = 100;

    /// <summary>Posts the file, with <c>text</c> as its comment. <c>content</c> is base64.</summary>
    public static void Share(SlackWorld world, SlackUser me, SlackChannel channel, string? threadTs, JsonObject wish)
    {
        var name = Path.GetFileName(wish.Text("name") ?? "");
        if (name.Length is 0 or > 255) throw new ImpossibleGestureException("The file needs a name.");
        if (channel.IsArchived) throw new ImpossibleGestureException($"{channel} is archived.");
        var bytes = Read(wish.Text("content") ?? "");
        var text = Mentions.InMessage(wish.Text("text") ?? "", world);
        world.Change(() =>
        {
            if (world.Files.Count >= MostFiles) throw new ImpossibleGestureException($"The playground keeps {MostFiles} files; started again, it has room.");
            var file = new SlackFile
            {
                Id = world.NextId("F"), Name = name, Length = bytes.Length, UploadTicket = SlackWorld.Unguessable(),
                Bytes = bytes, ChannelId = channel.Id, IsComplete = true,
            };
            world.Files[file.Id] = file;
            var ts = world.NextTs();
            world.Messages[ts] = new SlackMessage { ChannelId = channel.Id, Ts = ts, UserId = me.Id, Text = text, ThreadTs = threadTs, FileIds = [file.Id] };
        });
    }

    private static byte[] Read(string content)
    {
        var bytes = new byte[content.Length];
        if (!Convert.TryFromBase64String(content, bytes, out var length) || length == 0) throw new ImpossibleGestureException("The file is empty.");
        return length <= MostBytes ? bytes[..length] : throw new ImpossibleGestureException("The playground takes files of up to 2 MB.");
    }
}
