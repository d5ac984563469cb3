using DbChatOps.Access;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>Says each stage of each grant's end once.</summary>
internal sealed class EndingProgress(TextWriter output)
{
    private readonly Dictionary<GrantId, string> _said = [];

    /// <summary>While it is under way, only what has become of it.</summary>
    public void Show(Grant grant)
    {
        if (grant.State is GrantState.Revoking or GrantState.Revoked)
        {
            Conclude(grant);
        }
    }

    public void Conclude(Grant grant)
    {
        var line = GrantLines.Ending(grant);
        if (_said.GetValueOrDefault(grant.Id) != line)
        {
            _said[grant.Id] = line;
            output.WriteLine("  " + line);
        }
    }
}
