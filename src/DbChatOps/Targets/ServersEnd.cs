namespace DbChatOps.Targets;

/// <summary>
/// The end (VALID UNTIL) that a server reports for a login, compared with the end that was approved. What a server reports can make access shorter,
/// never longer.
/// </summary>
public static class ServersEnd
{
    /// <summary>
    /// Differences up to this are not reported. Servers keep microseconds and may round to a second; a wrong date style, time zone or an edit by hand moves
    /// the end by minutes or more.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>A login without VALID UNTIL never ends by itself.</summary>
    public static DateTimeOffset Said(DateTimeOffset? reported) => reported ?? DateTimeOffset.MaxValue;

    public static bool IsLater(DateTimeOffset said, DateTimeOffset approved) => said - approved > Tolerance;

    public static bool IsEarlier(DateTimeOffset said, DateTimeOffset approved) => approved - said > Tolerance;

    public static bool Differs(DateTimeOffset said, DateTimeOffset approved) => IsLater(said, approved) || IsEarlier(said, approved);

    public static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
