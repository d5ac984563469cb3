using FsCheck;
using FsCheck.Fluent;

namespace DbChatOps.Tests.Slack;

/// <summary>What somebody might type, name a role, or put into a row to be taken for somebody else.</summary>
internal static class HostileText
{
    public static readonly string[] Known =
    [
        "", " ", "'; DROP TABLE x; --", "\"quoted\"", "<!channel>", "<!here|x>", "<https://evil.example|Approve>", "<@U0DBA00001>", "<!date^1^{date}|x>",
        "&lt;!channel&gt;", "&amp;", "*bold* _it_ ~gone~ `code` ```block```", "> quoted", ">>> all of it", ":large_green_circle: DEVELOPMENT",
        "\u202egnirts desrever", "\u2066isolated\u2069", "a\u200bb\u200dc", "line\nbreak\r\n> quote\n*x*", "\0\u0001\u001b[31mred", "👨‍👩‍👧‍👦🙂🏴‍☠️",
        "\ud83d", "\ude42\ud83d", new string('a', 63), new string('x', 100_000), string.Concat(Enumerable.Repeat("🙂", 50_000)),
        new string('&', 5_000), new string('<', 5_000), new string('*', 5_000), new string('"', 5_000), new string('\\', 5_000), new string('\ud83d', 5_000),
        "東京データベース", "=HYPERLINK(\"https://evil\")", "{{7*7}}", "$(reboot)", "\\u0000", "https://evil.example/approve", "#general @here",
    ];

    public static Gen<string> Texts { get; } = Gen.Frequency(
        (3, Gen.Elements(Known)),
        (1, ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "")),
        (1, Gen.Choose(0, 300).SelectMany(length => Gen.Elements("<>&*_~`:\"\\ \nxü🙂\ud83d\ude42\u202e".ToCharArray()).ArrayOf(length).Select(chars => string.Concat(Enumerable.Repeat(new string(chars), 10))))),
        (1, Gen.Elements(Known).Two().Select(two => two.Item1 + two.Item2)));
}
