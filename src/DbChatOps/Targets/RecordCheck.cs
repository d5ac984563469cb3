namespace DbChatOps.Targets;

/// <summary>
/// A look at a server is over. Its errors refuse what they concern from here on, across restarts, until a later look finds them cured.
/// A look that could not run keeps the errors of the one before. Refuses <c>not_checked</c> while the server has no pin: then nothing is granted anyway.
/// </summary>
/// <param name="Findings">What it found; only errors count.</param>
/// <param name="LookedAt">Every level that it has looked at (<see cref="ServerRecord.LevelKey"/>), with findings or without.</param>
/// <param name="NotChecked">Why it could not run; absent when it could.</param>
public sealed record RecordCheck(ServerId Server, IReadOnlyList<Finding> Findings, IReadOnlyList<string> LookedAt, string? NotChecked) : Command
{
    public override Subject Subject => Subject.Of(Server);

    public static Result<Decision<ServerRecord>> Decide(ServerRecord? state, RecordCheck command, Facts facts)
    {
        if (state is null)
        {
            return new Refusal("not_checked", $"The identity of '{command.Server}' is not known yet.");
        }

        var errors = command.NotChecked is null ? Errors(command.Findings) : state.Errors ?? [];
        var lookedAt = command.NotChecked is null ? command.LookedAt : state.LookedAt;
        if ((command.NotChecked is null) == (state.NotChecked is null) && AreSame(errors, state.Errors ?? []) && lookedAt.SequenceEqual(state.LookedAt, StringComparer.Ordinal))
        {
            return Decision<ServerRecord>.Unchanged(state);
        }

        return Decision<ServerRecord>.Of(state, new ServerChecked
        {
            Server = command.Server,
            Errors = errors.Count == 0 ? null : errors,
            NotChecked = command.NotChecked,
            LookedAt = lookedAt.Count == 0 ? null : lookedAt,
            By = facts.Actor.Id,
            At = facts.Now,
        });
    }

    // One of each reach is enough to refuse, and a server may have thousands.
    private static IReadOnlyList<CheckError> Errors(IReadOnlyList<Finding> findings) =>
    [
        .. findings.Where(finding => finding.Severity == FindingSeverity.Error)
            .DistinctBy(finding => finding.About is null ? "" : string.Join(' ', finding.About), StringComparer.Ordinal)
            .Select(finding => new CheckError { Code = finding.Code, Message = finding.Message, About = finding.About }),
    ];

    private static bool AreSame(IReadOnlyList<CheckError> left, IReadOnlyList<CheckError> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First.IsSameAs(pair.Second));
}
