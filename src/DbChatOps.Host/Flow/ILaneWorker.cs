namespace DbChatOps.Host.Flow;

/// <summary>Works the due rows of one lane. Loads the present state and converges; a row that no longer applies is finished.</summary>
public interface ILaneWorker
{
    /// <summary>The prefix of the lanes that it works, such as <c>engine:</c>.</summary>
    string LanePrefix { get; }

    /// <summary>
    /// One result per row. A fault of the outside world is a later time, not an exception; an exception retries the whole claim with a growing pause.
    /// </summary>
    Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct);
}
