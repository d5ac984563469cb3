using System.Text.Json;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Slack's word on people and groups, asked afresh each time and within two seconds: a person is waiting, and yesterday's answer is not good
/// enough. <c>humans</c> says which identities belong to one human (configuration); absent ones are their own human.
/// </summary>
public sealed class SlackDirectory(SlackWebApi api, SlackSettings settings, IReadOnlyDictionary<PersonId, string> humans, TimeProvider time) : IDirectory
{
    private readonly SlackTenant _tenant = new(settings);

    public async Task<Principal?> FindPersonAsync(PersonId id, CancellationToken ct)
    {
        if (id.Platform != SlackTenant.Platform)
        {
            return null;
        }

        return await AskAsync("users.info", [new("user", id.User)], ct) is { } answer
            && answer.At("user") is { ValueKind: JsonValueKind.Object } user && user.Text("id") == id.User
            ? Describe(id, user)
            : null;
    }

    public async Task<IReadOnlySet<PersonId>> MembersAsync(string group, CancellationToken ct)
    {
        var answer = await AskAsync("usergroups.users.list", [new("usergroup", group), .. Team()], ct) ?? default;
        return answer.Items("users").Select(user => user.AsText()).OfType<string>()
            .Select(user => _tenant.Person(user, HomeTeam))
            .ToHashSet();
    }

    private string? HomeTeam => settings.TeamIds is [var first, ..] ? first : null;

    private Principal Describe(PersonId id, JsonElement user) => new()
    {
        Id = id,
        Name = PlainText.Clean(FirstOf(user.Text("profile", "display_name"), user.Text("real_name"), user.Text("name")) ?? id.User, 80),
        Kind = Kind(id, user),
        Human = humans.GetValueOrDefault(id) ?? id.ToString(),
        TimeZone = user.Text("tz"),
    };

    /// <summary>The strictest that holds; what Slack leaves unsaid about a person's organisation counts against them.</summary>
    private PrincipalKind Kind(PersonId id, JsonElement user) => user switch
    {
        _ when user.IsTrue("deleted") => PrincipalKind.Deactivated,
        _ when user.IsTrue("is_bot") || user.IsTrue("is_workflow_bot") || user.Text("id") == "USLACKBOT" => PrincipalKind.Bot,
        _ when user.IsTrue("is_stranger") || !_tenant.IsOurRealm(id) || !IsOfOurs(user) => PrincipalKind.Stranger,
        _ when user.IsTrue("is_restricted") || user.IsTrue("is_ultra_restricted") => PrincipalKind.Guest,
        _ => PrincipalKind.Member,
    };

    private bool IsOfOurs(JsonElement user) =>
        _tenant.IsOurs(user.Text("team_id")) || (settings.EnterpriseId is { Length: > 0 } && _tenant.IsOurs(user.Text("enterprise_user", "enterprise_id")));

    private KeyValuePair<string, string>[] Team() => settings.EnterpriseId is { Length: > 0 } ? [new("team_id", HomeTeam ?? "")] : [];

    /// <summary>Null when Slack does not know the person. Every other "no" is "not now": an unreadable group is not an empty one.</summary>
    private async Task<JsonElement?> AskAsync(string method, KeyValuePair<string, string>[] arguments, CancellationToken ct)
    {
        using var budget = new CancellationTokenSource(settings.DirectoryTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, ct);
        try
        {
            return await api.CallAsync(method, arguments, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new ChatUnavailableException($"Slack did not answer {method} in time.", inner: e);
        }
        catch (ChatRefusedException e) when (e.Code is "user_not_found" or "user_not_visible")
        {
            return null;
        }
        catch (ChatRefusedException e)
        {
            throw new ChatUnavailableException(e.Message, inner: e);
        }
    }

    private static string? FirstOf(params ReadOnlySpan<string?> names)
    {
        foreach (var name in names)
        {
            if (!string.IsNullOrWhiteSpace(name))
            {
                return name;
            }
        }

        return null;
    }
}
