using System.Globalization;
using System.Text.RegularExpressions;
using DbChatOps.Chat;
using DbChatOps.Policies;
using Group = DbChatOps.Policies.Group;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>People[]</c> (who has which accounts) and <c>Groups</c> (rosters of people or accounts).</summary>
internal static partial class PeopleReading
{
    public static People ReadPeople(SettingReader root)
    {
        var humans = new List<Human>();
        var owners = new Dictionary<PersonId, string>();
        foreach (var person in root.Children("People"))
        {
            var name = person.RequiredText("Name");
            if (name.Length > 0 && !PersonName().IsMatch(name))
            {
                person.Wrong("Name", $"\"{SettingReader.Shown(name)}\" is not a name here: lower-case letters, digits, dots and hyphens");
            }
            else if (name.Length > 0 && humans.Exists(human => human.Key == name))
            {
                person.Wrong("Name", $"\"{name}\" is used twice");
            }

            var identities = new List<PersonId>();
            foreach (var text in person.TextList("Identities") ?? person.Missing<IReadOnlyList<string>>("Identities", []))
            {
                if (!TryIdentity(text, out var identity))
                {
                    person.Wrong("Identities", $"\"{SettingReader.Shown(text)}\" is no account; write platform:realm:user, such as slack:T0ACME:U123");
                    continue;
                }

                if (owners.TryAdd(identity, name))
                {
                    identities.Add(identity);
                }
                else
                {
                    person.Wrong("Identities", $"{identity} already belongs to {owners[identity]}");
                }
            }

            person.Done();
            humans.Add(new Human { Key = name, Identities = identities });
        }

        return new People(humans);
    }

    public static IReadOnlyList<Group> ReadGroups(SettingReader root, People people)
    {
        if (root.Child("Groups") is not { } groups)
        {
            return [];
        }

        var read = groups.Names().Select(name => ReadGroup(groups, name, people)).ToList();
        groups.Done();
        return read;
    }

    private static Group ReadGroup(SettingReader groups, string name, People people)
    {
        if (!GroupName().IsMatch(name))
        {
            groups.Wrong(name, "is not a group name: lower-case letters, digits and hyphens");
        }

        if (groups.IsList(name))
        {
            return new Group { Name = name, Roster = Roster(groups, name, people) };
        }

        if (groups.Child(name) is not { } group)
        {
            return new Group { Name = name, Roster = [] };
        }

        var read = new Group
        {
            Name = name,
            Roster = Roster(group, "People", people),
            ChatGroup = group.Text("ChatGroup"),
            ChatGroupUse = group.Word("ChatGroupUse", Words.ChatGroupUses) ?? ChatGroupUse.Narrows,
        };
        if (read.ChatGroup is null && group.Has("ChatGroupUse"))
        {
            group.Wrong("ChatGroupUse", "needs a ChatGroup");
        }

        group.Done();
        return read;
    }

    private static List<PersonId> Roster(SettingReader reader, string name, People people)
    {
        var roster = new List<PersonId>();
        foreach (var entry in reader.TextList(name) ?? reader.Missing<IReadOnlyList<string>>(name, []))
        {
            if (people.Linked.FirstOrDefault(human => human.Key == entry) is { } human)
            {
                roster.AddRange(human.Identities);
            }
            else if (TryIdentity(entry, out var identity))
            {
                roster.Add(identity);
            }
            else
            {
                var meant = Nearest.To(entry, people.Linked.Select(human => human.Key)) is { } nearest ? $"; did you mean {nearest}?" : "";
                reader.Wrong(name, $"\"{SettingReader.Shown(entry)}\" is neither a name from People nor an account such as slack:T0ACME:U123{meant}");
            }
        }

        return [.. roster.Distinct()];
    }

    private static bool TryIdentity(string text, out PersonId identity) =>
        PersonId.TryParse(text, CultureInfo.InvariantCulture, out identity) && identity.Platform is "slack" or "teams" && !text.Any(char.IsWhiteSpace);

    [GeneratedRegex(@"^[a-z][a-z0-9.-]{0,40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex PersonName();

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex GroupName();
}
