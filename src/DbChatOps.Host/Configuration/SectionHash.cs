using System.Security.Cryptography;
using System.Text;
using DbChatOps.Host.Configuration.Reading;

namespace DbChatOps.Host.Configuration;

/// <summary>SHA-256 of each top-level section: equal for equal content whatever the order of keys; secrets leave only the fact that they are set.</summary>
internal static class SectionHash
{
    public static IReadOnlyDictionary<string, string> Of(SettingNode.Branch root, IReadOnlySet<string> secretPaths) =>
        root.Members.OrderBy(member => member.Key, StringComparer.Ordinal).ToDictionary(
            member => member.Key,
            member =>
            {
                var text = new StringBuilder();
                Write(text, member.Value, member.Key, secretPaths);
                return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
            },
            StringComparer.Ordinal);

    private static void Write(StringBuilder text, SettingNode node, string path, IReadOnlySet<string> secretPaths)
    {
        switch (node)
        {
            case SettingNode.Leaf when secretPaths.Contains(path):
                text.Append("secret;");
                break;
            case SettingNode.Leaf leaf:
                text.Append(leaf.Text.Length).Append(':').Append(leaf.Text).Append(';');
                break;
            case SettingNode.Series series:
                text.Append('[');
                for (var i = 0; i < series.Items.Count; i++)
                {
                    Write(text, series.Items[i], $"{path}[{i}]", secretPaths);
                }

                text.Append(']');
                break;
            case SettingNode.Branch branch:
                text.Append('{');
                foreach (var (name, member) in branch.Members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    text.Append(name.Length).Append(':').Append(name).Append('=');
                    Write(text, member, $"{path}.{name}", secretPaths);
                }

                text.Append('}');
                break;
        }
    }
}
