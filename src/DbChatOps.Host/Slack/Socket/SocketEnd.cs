namespace DbChatOps.Host.Slack.Socket;

/// <summary>Why a socket to Slack ends, which says what to do next.</summary>
internal enum SocketEnd
{
    /// <summary>The line broke, or Slack closed it without a word.</summary>
    Lost = 0,

    /// <summary>Slack recycles the connection and says so some seconds before: open another first.</summary>
    Refreshed = 1,

    /// <summary>Slack counts more connections of this app than it allows.</summary>
    TooMany = 2,

    /// <summary>Somebody switched Socket Mode off for the app.</summary>
    Disabled = 3,
}
