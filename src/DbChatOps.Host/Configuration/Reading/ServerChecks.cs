using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>What must hold across servers and targets: names that nobody mixes up, and environments that share nothing.</summary>
internal static class ServerChecks
{
    public static void Check(IReadOnlyList<ServerSection> servers, IReadOnlyList<Secret?> passwords, ReadingState state)
    {
        CheckServerIds(servers);
        CheckCopies(servers);
        CheckAddresses(servers);
        CheckCredentials(servers, passwords);
        var targets = servers.SelectMany(server => server.Targets).ToList();
        CheckNames(targets, state);
        CheckSimilarNames(targets, state);
        CheckRoles(targets, state);
    }

    private static void CheckServerIds(IReadOnlyList<ServerSection> servers)
    {
        foreach (var twice in servers.GroupBy(server => server.Server.Id).Where(group => group.Count() > 1))
        {
            twice.Last().At.Wrong("Id", $"\"{twice.Key}\" is used twice");
        }
    }

    private static void CheckCopies(IReadOnlyList<ServerSection> servers)
    {
        var originals = servers.DistinctBy(server => server.Server.Id).ToDictionary(server => server.Server.Id, server => server.Server.CloneOf);
        foreach (var (server, original) in servers.Where(server => server.Server.CloneOf is not null).Select(server => (server, server.Server.CloneOf!.Value)))
        {
            if (!originals.ContainsKey(original))
            {
                var near = Nearest.To(original.Value, originals.Keys.Select(static id => id.Value));
                server.At.Wrong("CloneOf", $"\"{SettingReader.Shown(original.Value)}\" is no server of this configuration{(near is null ? "" : $"; did you mean {near}?")}");
                continue;
            }

            HashSet<ServerId> copies = [server.Server.Id];
            for (ServerId? earlier = original; earlier is { } next; earlier = originals.GetValueOrDefault(next))
            {
                if (!copies.Add(next))
                {
                    server.At.Wrong("CloneOf", next == original ? "is this server itself: name the one that it was copied from" : "comes back to where it began: one of them is the original and has no CloneOf");
                    break;
                }
            }
        }
    }

    private static void CheckAddresses(IReadOnlyList<ServerSection> servers)
    {
        foreach (var shared in servers.SelectMany(server => server.Server.Nodes, (server, node) => (server, Address: Address(node)))
            .GroupBy(pair => pair.Address, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            var (first, last) = (shared.First().server, shared.Last().server);
            last.At.Wrong("Nodes", first.Server.Environment != last.Server.Environment
                ? $"{shared.Key} is listed as {last.Server.Environment} here and as {first.Server.Environment} in {first.Server.Id}: one server cannot be two environments"
                : $"{shared.Key} is listed twice (also in {first.Server.Id})");
        }
    }

    private static void CheckCredentials(IReadOnlyList<ServerSection> servers, IReadOnlyList<Secret?> passwords)
    {
        for (var i = 0; i < servers.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (here, there) = (servers[i], servers[j]);
                var samePassword = (passwords[i] is { } mine && mine.Reveal() == passwords[j]?.Reveal())
                    || (here.Password is { } source && there.Password is { } other && source.SameAs(other));
                if (samePassword && here.Server.Environment != there.Server.Environment && here.Server.Minter.User == there.Server.Minter.User)
                {
                    here.At.Wrong("Minter", $"is the same credential as in {there.Server.Id}, which is {there.Server.Environment}: each environment needs its own password");
                }
            }
        }
    }

    private static void CheckNames(List<TargetSection> targets, ReadingState state)
    {
        foreach (var (target, path) in targets)
        {
            if (!TargetNames.IsValid(target.Id.Value))
            {
                state.Problems.Add(new SettingProblem($"{path}.Target", $"\"{SettingReader.Shown(target.Id.Value)}\" breaks the naming rule: {TargetNames.Rule}"));
            }

            if (target.Levels.Count == 0)
            {
                state.Problems.Add(new SettingProblem($"{path}.Levels", "names no level, so nobody could ask for anything: add \"read\": {}"));
            }
        }

        foreach (var twice in targets.GroupBy(section => TargetNames.Skeleton(section.Target.Id.Value), StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            var (first, last) = (twice.First().Target.Id, twice.Last().Target.Id);
            state.Problems.Add(new SettingProblem($"{twice.Last().Path}.Target", first == last
                ? $"\"{first}\" is used twice"
                : $"\"{last}\" reads like \"{first}\": they differ only in hyphens or lookalike letters"));
        }

        foreach (var twice in targets.GroupBy(section => (section.Target.Server, section.Target.Database)).Where(group => group.Count() > 1))
        {
            state.Problems.Add(new SettingProblem(twice.Last().Path, $"database {SettingReader.Shown(twice.Key.Database)} is already the target {twice.First().Target.Id}"));
        }
    }

    private static void CheckSimilarNames(List<TargetSection> targets, ReadingState state)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (targets[j].Target, targets[i].Target);
                if (a.Environment != b.Environment && Math.Abs(a.Id.Value.Length - b.Id.Value.Length) <= 1 && Nearest.Distance(a.Id.Value, b.Id.Value) == 1)
                {
                    state.Warnings.Add($"Targets {a.Id} ({a.Environment}) and {b.Id} ({b.Environment}) differ in one character.");
                }
            }
        }
    }

    private static void CheckRoles(List<TargetSection> targets, ReadingState state)
    {
        var lent = targets.SelectMany(section => section.Target.Levels, (section, level) => (section, Level: level.Key, Role: level.Value.StandingRole)).ToList();
        foreach (var (section, level, role) in lent.Where(use => use.Role.Length > LoginName.MaximumLength))
        {
            state.Problems.Add(new SettingProblem($"{section.Path}.Levels", $"role {role} for {AccessLevels.ToWord(level)} is longer than {LoginName.MaximumLength} characters"));
        }

        foreach (var shared in lent.GroupBy(use => (use.section.Target.Server, use.Role)).Where(group => group.Count() > 1))
        {
            state.Problems.Add(new SettingProblem(
                $"{shared.Last().section.Path}.Levels",
                $"standing role {shared.Key.Role} is used for {string.Join(" and ", shared.Select(use => $"{use.section.Target.Id} {AccessLevels.ToWord(use.Level)}"))}: it belongs to one target and level"));
        }
    }

    private static string Address(ServerNode node)
    {
        var host = node.Host.TrimEnd('.').ToLowerInvariant();
        return $"{(host is "127.0.0.1" or "::1" ? "localhost" : host)}:{node.Port}";
    }
}
