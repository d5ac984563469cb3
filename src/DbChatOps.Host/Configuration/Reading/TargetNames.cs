using System.Text;
using System.Text.RegularExpressions;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>The naming rule of servers and targets, and names that people would mix up.</summary>
internal static partial class TargetNames
{
    public const string Rule = "lower-case letters, digits and hyphens, 2 to 41 characters, a letter first";

    private static readonly Dictionary<char, char> Lookalikes = new() { ['0'] = 'o', ['1'] = 'l', ['i'] = 'l', ['5'] = 's', ['8'] = 'b', ['2'] = 'z' };

    public static bool IsValid(string name) => Shape().IsMatch(name);

    /// <summary>What is left of a name at a glance: no hyphens, lookalike letters and digits made one. Equal skeletons are one name to a tired eye.</summary>
    public static string Skeleton(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (var letter in name.Where(letter => letter != '-'))
        {
            skeleton.Append(Lookalikes.GetValueOrDefault(letter, letter));
        }

        return skeleton.Replace("rn", "m").Replace("vv", "w").ToString();
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{1,40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
