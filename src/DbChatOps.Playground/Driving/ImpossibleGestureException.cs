namespace DbChatOps.Playground.Driving;

/// <summary>What a person cannot do on a real screen: press a button they do not see, submit a form with an empty required field.</summary>
public sealed class ImpossibleGestureException(string message) : Exception(message);
