using System.Text.Json.Nodes;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using DbChatOps.Targets;
using DbChatOps.Tests.Access;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

public sealed class BlockKitPresenterTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 14, 3, 7, TimeSpan.Zero);

    [Fact]
    public void A_card_begins_with_its_environment_and_target()
    {
        string First(TargetEnvironment environment) => BlockKitPresenter.Message(new Card
        {
            Banner = new Banner(environment, new TargetId("orders")),
            Title = Phrase.Plain("x"),
        })["blocks"]![0]!["text"]!["text"]!.GetValue<string>();

        First(TargetEnvironment.Production).ShouldBe("🔴 PRODUCTION · orders");
        First(TargetEnvironment.Staging).ShouldBe("🟠 STAGING · orders");
        First(TargetEnvironment.Development).ShouldBe("🟢 DEVELOPMENT · orders");
    }

    [Fact]
    public void Lists_that_are_too_long_say_how_many_more_there_are()
    {
        var (request, grant) = (AccessGiven.Pending(), AccessGiven.Active());
        IReadOnlyList<AccessRequest> requests = [.. Enumerable.Repeat(request, 30)];
        IReadOnlyList<Grant> grants = [.. Enumerable.Repeat(grant, 40)];

        static string Shown(Card card) =>
            string.Join('\n', BlockKitPresenter.Message(card)["blocks"]!.AsArray().Select(block => block!["text"]?["text"]?.GetValue<string>()));

        Shown(AccessReplies.CutOff(request.Requester.Id, requests, grants, [.. Enumerable.Repeat(GrantRules.Unknown, 50)])).ShouldContain("… and 95 more");
        Shown(AccessReplies.WouldCutOff(new CutOffOrder(request.Requester.Id, ""), requests, grants)).ShouldContain("… and 45 more");
        Shown(AccessReplies.Requests(requests, requests)).ShouldContain("… and 35 more");
    }

    [Fact]
    public void People_are_mentioned_and_times_shown_in_the_readers_zone_with_UTC_beside_them()
    {
        var phrase = Phrase.Of($"{SlackWorld.OnCall} until {At:s} on {new TargetId("orders")}");

        Mrkdwn.Render(phrase, 3000).ShouldBe(
            "<@U0ONCALL01> until <!date^1795356187^{date_short_pretty} {time_secs}|2026-11-22 14:03:07 UTC> (14:03:07 UTC) on `orders`");
    }

    [Fact]
    public void A_person_of_another_platform_is_named_and_not_mentioned() =>
        Mrkdwn.Render(Phrase.Of($"{new PersonId("teams", "tenant", "<!channel>")}"), 100).ShouldBe("@&lt;!channel&gt;");

    [Fact]
    public void Outside_text_keeps_no_mark_of_mrkdwn()
    {
        foreach (var text in HostileText.Known)
        {
            var shown = Mrkdwn.Escape(text, 3000);

            shown.ShouldNotContain("<");
            foreach (var mark in "*_~`")
            {
                shown.Replace($"\u2060{mark}\u2060", "").ShouldNotContain(mark.ToString(), customMessage: text);
            }

            shown.StartsWith("&gt;", StringComparison.Ordinal).ShouldBeFalse(text);
            shown.Split(':').Skip(1).ShouldAllBe(rest => rest[0] == '\u2060');
            shown.ShouldNotContain("\n");
        }
    }

    [Fact]
    public void Code_can_be_copied_as_it_is_and_not_left() =>
        Mrkdwn.Render(Phrase.Of($"{"dbco_ana_x*y`z<a>":code}"), 100).ShouldBe("`dbco_ana_x*yˋz&lt;a&gt;`");

    [Fact]
    public void Our_own_marks_stay() => Mrkdwn.Render(Phrase.Of($"asks for *read* on {"*x*"}"), 100).ShouldBe("asks for *read* on \u2060*\u2060x\u2060*\u2060");

    [Fact]
    public void A_quote_is_structure_not_marks()
    {
        var blocks = BlockKitPresenter.Message(new Card { Title = Phrase.Plain("t"), Quotes = [new Quote("Reason", "*approved* <@U1>\n> by Bo")] })["blocks"]!.AsArray();

        var quote = blocks.Single(block => block!["type"]!.GetValue<string>() == "rich_text")!["elements"]!.AsArray();
        quote[0]!["elements"]![0]!["text"]!.GetValue<string>().ShouldBe("Reason");
        quote[1]!["type"]!.GetValue<string>().ShouldBe("rich_text_quote");
        quote[1]!["elements"]![0]!["text"]!.GetValue<string>().ShouldBe("*approved* <@U1>\n> by Bo");
    }

    [Fact]
    public void Buttons_carry_their_verb_and_an_opaque_value()
    {
        var buttons = BlockKitPresenter.Message(new Card
        {
            Title = Phrase.Plain("t"),
            Buttons =
            [
                new Button("release", "Release", "g-1") { Style = ButtonStyle.Danger, Confirm = "End it now?" },
                new Button("release", "Release", "g-2"),
            ],
        })["blocks"]!.AsArray()[^1]!["elements"]!.AsArray();

        buttons.Select(button => button!["action_id"]!.GetValue<string>()).ShouldBe(["release", "release#1"]);
        buttons.Select(button => BlockKitPresenter.ActionOf(button!["action_id"]!.GetValue<string>())).ShouldAllBe(action => action == "release");
        buttons.Select(button => button!["value"]!.GetValue<string>()).ShouldBe(["g-1", "g-2"]);
        buttons[0]!["style"]!.GetValue<string>().ShouldBe("danger");
        buttons[0]!["confirm"]!["text"]!["text"]!.GetValue<string>().ShouldBe("End it now?");
        buttons[1]!.AsObject().ContainsKey("style").ShouldBeFalse();
    }

    [Fact]
    public void The_credentials_view_shows_line_by_line_and_has_nothing_to_press()
    {
        var view = BlockKitPresenter.View(new Dialog
        {
            Action = "credentials",
            Title = "Credentials",
            Submit = "Must not be drawn",
            ClearOnClose = true,
            Inputs = [new DialogInput.TextBox("x", "Must not be drawn")],
            Body = new Card { Title = Phrase.Plain("Copy now"), Buttons = [new Button("a", "Must not be drawn", "1")] },
            Preformatted = [new Preformatted("Password", new Secret("p*ss<w>rd`&_x")), new Preformatted("Snippet", new Secret("export PGUSER=x\npsql"))],
        });

        view.ToJsonString().ShouldNotContain("Must not be drawn");
        (view["clear_on_close"]!.GetValue<bool>(), view["notify_on_close"]!.GetValue<bool>()).ShouldBe((true, false));
        view.ContainsKey("submit").ShouldBeFalse();
        var shown = view["blocks"]!.AsArray().Where(block => block!["type"]!.GetValue<string>() == "rich_text")
            .Select(block => block!["elements"]![1]!).ToList();
        shown.ShouldAllBe(element => element["type"]!.GetValue<string>() == "rich_text_preformatted");
        shown.Select(element => element["elements"]![0]!["text"]!.GetValue<string>()).ShouldBe(["p*ss<w>rd`&_x", "export PGUSER=x\npsql"]);
        BlockKitJudge.View(view);
    }

    [Fact]
    public void An_input_is_known_by_its_name_everywhere()
    {
        var view = BlockKitPresenter.View(new Dialog { Action = "a", Title = "t", Inputs = [new DialogInput.TextBox("reason", "Reason")] });

        var input = view["blocks"]![0]!;
        (input["block_id"]!.GetValue<string>(), input["element"]!["action_id"]!.GetValue<string>()).ShouldBe(("reason", "reason"));
        view["submit"]!["text"]!.GetValue<string>().ShouldBe("Submit");
    }

    [Fact]
    public void No_text_in_any_part_of_a_card_breaks_a_limit() =>
        Prop.ForAll(Cards.ToArbitrary(), card => BlockKitJudge.Message(BlockKitPresenter.Message(card)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void No_text_in_any_part_of_a_dialog_breaks_a_limit() =>
        Prop.ForAll(Dialogs.ToArbitrary(), dialog => BlockKitJudge.View(BlockKitPresenter.View(dialog)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Theory]
    [MemberData(nameof(KnownTexts))]
    public void One_hostile_text_everywhere_breaks_nothing(int index)
    {
        var text = HostileText.Known[index];
        BlockKitJudge.Message(BlockKitPresenter.Message(Everywhere(text)));
        BlockKitJudge.View(BlockKitPresenter.View(EverywhereIn(text)));
    }

    public static TheoryData<int> KnownTexts => [.. Enumerable.Range(0, HostileText.Known.Length)];

    private static Gen<Phrase> Phrases { get; } = HostileText.Texts.Two().SelectMany(texts => Gen.Elements(
        Phrase.Plain(texts.Item1),
        Phrase.Of($"*Ours* {texts.Item1} and {texts.Item2:code} by {new PersonId("slack", "T1", "U1")} at {At}"),
        Phrase.Of($"{texts.Item1:code}{new PersonId("slack", "T1", texts.Item2)}"),
        new Phrase([new Piece.Channel(texts.Item1), new Piece.Channel("C1"), new Piece.Ours(" & <ours> "), new Piece.Code(texts.Item2), new Piece.Time(At, TimeStyle.Second)])));

    private static Gen<Card> Cards { get; } =
        from title in Phrases
        from banner in HostileText.Texts
        from fields in HostileText.Texts.Zip(Phrases).ListOf()
        from quotes in HostileText.Texts.Two().ListOf()
        from lines in Phrases.ListOf()
        from buttons in HostileText.Texts.Three().ListOf()
        from notes in Phrases.ListOf()
        select new Card
        {
            Banner = banner.Length % 2 == 0 ? null : new Banner(TargetEnvironment.Production, new TargetId(banner)),
            Title = title,
            Fields = [.. fields.Select(field => new Field(field.Item1, field.Item2))],
            Quotes = [.. quotes.Select(quote => new Quote(quote.Item1, quote.Item2))],
            Lines = [.. lines],
            Buttons = [.. buttons.Select(button => new Button(button.Item1, button.Item2, button.Item3) { Confirm = button.Item3 })],
            Footnotes = [.. notes],
        };

    private static Gen<Dialog> Dialogs { get; } =
        from card in Cards
        from texts in HostileText.Texts.ArrayOf(5)
        from options in HostileText.Texts.Two().ListOf()
        from shown in HostileText.Texts.Two().ListOf()
        from credentials in Gen.Elements(true, false)
        select new Dialog
        {
            Action = texts[0],
            Value = texts[1],
            Title = texts[2],
            Submit = texts[3],
            Close = texts[4],
            Body = card,
            Inputs = Inputs(texts, [.. options.Select(option => new Option(option.Item1, option.Item2))]),
            Preformatted = credentials ? [.. shown.Select(text => new Preformatted(text.Item1, new Secret(text.Item2)))] : [],
        };

    private static DialogInput[] Inputs(string[] texts, Option[] options) =>
    [
        new DialogInput.TextBox(texts[0], texts[1]) { Hint = texts[2], Initial = texts[3], Placeholder = texts[4] },
        new DialogInput.TextBox(texts[1], texts[1]) { Multiline = true, Initial = texts[2], MaximumLength = 5000 },
        new DialogInput.Choice(texts[2], texts[3], options) { Initial = options.LastOrDefault()?.Value },
        new DialogInput.Choice("many", "Many", [.. Enumerable.Range(0, 300).Select(at => new Option($"{at}", texts[at % 5]))]) { Initial = "7" },
        new DialogInput.Lookup(texts[3], texts[4]) { Initial = options.FirstOrDefault() },
    ];

    private static Card Everywhere(string text) => new()
    {
        Banner = new Banner(TargetEnvironment.Staging, new TargetId(text)),
        Title = Phrase.Of($"{text} *x* {text:code}"),
        Fields = [.. Enumerable.Repeat(new Field(text, Phrase.Plain(text)), 20)],
        Quotes = [.. Enumerable.Repeat(new Quote(text, text), 20)],
        Lines = [.. Enumerable.Repeat(Phrase.Plain(text), 200)],
        Buttons = [.. Enumerable.Repeat(new Button(text, text, text) { Confirm = text }, 40)],
        Footnotes = [.. Enumerable.Repeat(Phrase.Plain(text), 20)],
    };

    private static Dialog EverywhereIn(string text) => new()
    {
        Action = text,
        Value = text,
        Title = text,
        Submit = text,
        Close = text,
        Body = Everywhere(text),
        Inputs =
        [
            .. Enumerable.Range(0, 40).SelectMany(at => Inputs([text, text + at, text + "b" + at, text + "c" + at, text], [.. Enumerable.Repeat(new Option(text, text), 300)])),
        ],
    };
}
