using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

internal sealed class FilesGetUploadUrlExternal : IWebApiMethod
{
    public string Name => "files.getUploadURLExternal";
    public string? Scope => "files:write";
    public bool AcceptsJson => false;

    public JsonObject Answer(ApiCall call)
    {
        var name = call.Required("filename");
        if (!long.TryParse(call.Required("length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length == 0)
            throw SlackErrorException.MissingArgument("length");

        var file = new SlackFile { Id = call.World.NextId("F"), Name = name, Length = length, UploadTicket = SlackWorld.Unguessable() };
        call.World.Files[file.Id] = file;
        return new JsonObject { ["upload_url"] = new Uri(call.Address, $"upload/v1/{file.UploadTicket}").AbsoluteUri, ["file_id"] = file.Id };
    }
}

internal sealed class FilesCompleteUploadExternal : IWebApiMethod
{
    public string Name => "files.completeUploadExternal";
    public string? Scope => "files:write";
    public bool AcceptsJson => true;

    public JsonObject Answer(ApiCall call)
    {
        var wanted = (call.Array("files", malformed: "invalid_arguments") ?? throw SlackErrorException.MissingArgument("files")).Objects().ToList();
        var files = wanted.Select(entry => Received(call, entry)).ToList();
        if (call.Text("channel_id") is { } channelId) Share(call, channelId, files);
        foreach (var file in files) call.World.Files[file.Id] = file with { IsComplete = true, ChannelId = call.Text("channel_id") };
        return new JsonObject { ["files"] = Json.Array(files.Select(file => new JsonObject { ["id"] = file.Id, ["title"] = file.Title })) };
    }

    private static SlackFile Received(ApiCall call, JsonObject entry)
    {
        var file = call.World.Files.GetValueOrDefault(entry.Text("id") ?? "");
        if (file is not { Bytes: not null, IsComplete: false }) throw new SlackErrorException("file_not_found");
        return file with { Title = entry.Text("title") ?? file.Name };
    }

    private static void Share(ApiCall call, string channelId, List<SlackFile> files)
    {
        var channel = call.World.Channels.GetValueOrDefault(channelId) ?? throw new SlackErrorException("channel_not_found");
        if (!ApiCall.HasJoined(channel)) throw new SlackErrorException("not_in_channel");
        if (channel.IsArchived) throw new SlackErrorException("is_archived");

        var message = new SlackMessage
        {
            ChannelId = channel.Id,
            Ts = call.World.NextTs(),
            UserId = Seed.BotUserId,
            Text = call.Text("initial_comment") ?? "",
            ThreadTs = call.Text("thread_ts"),
            FileIds = [.. files.Select(file => file.Id)],
        };
        call.World.Messages[message.Ts] = message;
    }
}
