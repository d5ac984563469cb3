using System.Collections.Frozen;

namespace DbChatOps.Playground.WebApi;

/// <summary>All methods this look-alike answers; any other name is <c>unknown_method</c>.</summary>
internal static class WebApiMethods
{
    public static FrozenDictionary<string, IWebApiMethod> ByName { get; } = new IWebApiMethod[]
    {
        new AuthTest(), new AppsConnectionsOpen(),
        new ChatPostMessage(), new ChatUpdate(), new ChatPostEphemeral(), new ChatDelete(), new ChatGetPermalink(),
        new ConversationsOpen(), new ConversationsInfo(), new ConversationsMembers(), new ConversationsList(),
        new ConversationsHistory(), new ConversationsReplies(),
        new UsersInfo(), new UsersList(), new UsergroupsList(), new UsergroupsUsersList(),
        new ViewsOpen(), new ViewsUpdate(), new ViewsPush(), new ViewsPublish(),
        new FilesGetUploadUrlExternal(), new FilesCompleteUploadExternal(),
        new ReactionsAdd(),
    }.ToFrozenDictionary(method => method.Name, StringComparer.Ordinal);
}
