using DbChatOps.Access;
using DbChatOps.Chat;

namespace DbChatOps.Host.Flow;

/// <summary>The page about a server that reports another end for a login than the one that was approved.</summary>
internal static class OtherEnd
{
    /// <summary>Raised where the end is read back, and by the reconciler, which also takes it back.</summary>
    public const string Prefix = "end_differs:";

    public static string Key(Grant grant) => Prefix + grant.Login;

    public static string Sentence(Grant grant, DateTimeOffset said, DateTimeOffset approved)
    {
        var server = said.Year == DateTimeOffset.MaxValue.Year ? "no end at all" : PlainText.Utc(said);
        var holds = said > approved ? "The bot ends the access at the approved time, and tells the server the right end" : "The earlier end holds";
        return $"{grant.Id.Handle}: the server {grant.Server} says {server} for {grant.Login}, approved was {PlainText.Utc(approved)}. {holds}.";
    }
}
