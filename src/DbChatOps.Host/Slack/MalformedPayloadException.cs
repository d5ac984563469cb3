namespace DbChatOps.Host.Slack;

/// <summary>A payload that is not of Slack's shape. HTTP answers 400; a socket acknowledges and logs it, or it would come again. Nothing is decided.</summary>
public sealed class MalformedPayloadException(string message, Exception? inner = null) : Exception(message, inner);
