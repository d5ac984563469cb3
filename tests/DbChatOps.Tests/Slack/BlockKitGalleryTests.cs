using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Host.Slack;
using DbChatOps.Playground.BlockKit;
using DbChatOps.Playground.WebApi;
using DbChatOps.Tests.Architecture;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>Everything the bot draws, judged by the look-alike's check and written down for judges in other languages.</summary>
public sealed class BlockKitGalleryTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "artifacts", "blockkit");

    [Fact]
    public void Slack_would_take_everything_that_the_bot_draws()
    {
        foreach (var drawn in BlockKitGallery.All())
        {
            Judge(drawn);
        }
    }

    [Fact]
    public void Slack_would_take_it_whatever_somebody_writes()
    {
        foreach (var (index, text) in HostileText.Known.Index())
        {
            foreach (var drawn in BlockKitGallery.Saying($"text {index}", text))
            {
                Judge(drawn);
            }
        }
    }

    [Fact]
    public void The_look_alike_refuses_a_spoilt_drawing()
    {
        foreach (var surface in Enum.GetValues<Surface>())
        {
            var drawn = BlockKitGallery.Ordinary().First(drawn => drawn.Surface == surface);
            drawn.Json["blocks"]!.AsArray().First(block => block!["text"] is not null)!["text"]!["text"] = "";
            Should.Throw<SlackErrorException>(() => Check(drawn));
        }
    }

    /// <summary>The page's tests type-check these files against the vendor's own declarations (<c>tests/browser/strangers</c>).</summary>
    [Fact]
    public void The_gallery_is_written_for_other_judges()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        Directory.CreateDirectory(Folder);
        foreach (var (index, drawn) in BlockKitGallery.All().Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{drawn.Surface.ToString().ToLowerInvariant()}-{index:D4}-{Slug(drawn.Name)}.json");
            File.WriteAllText(Path.Combine(Folder, name), BlockKitText.Json(drawn.Json));
        }

        Directory.EnumerateFiles(Folder).Count().ShouldBe(BlockKitGallery.All().Count());
    }

    /// <summary>A card, dialog or page that no gallery shows would be judged by nobody.</summary>
    [Fact]
    public void Whatever_draws_a_card_a_dialog_or_a_page_is_in_the_gallery()
    {
        var galleries = string.Concat(SourceTree.Tests.Where(file => file.Path.EndsWith("Gallery.cs", StringComparison.Ordinal)).Select(file => file.Text));
        var rule = SourceTree.Rule(@"public static (Card|Dialog|Home) (?<name>\w+)\(");
        var drawers = SourceTree.Core.SelectMany(file => file.Code.Select(line => rule.Match(line)).Where(match => match.Success)
            .Select(match => $"{Path.GetFileNameWithoutExtension(file.Path)}.{match.Groups["name"].Value}(")).ToList();

        drawers.Count.ShouldBeGreaterThan(30);
        drawers.Where(drawer => !galleries.Contains(drawer, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static void Judge(Drawn drawn)
    {
        try
        {
            Check(drawn);
        }
        catch (SlackErrorException refused)
        {
            throw new ShouldAssertException($"{drawn.Name}: {refused.Code} {refused.ToJson().ToJsonString()}", refused);
        }
    }

    private static void Check(Drawn drawn)
    {
        // As it travels.
        var json = JsonNode.Parse(BlockKitText.Json(drawn.Json))!.AsObject();
        switch (drawn.Surface)
        {
            case Surface.Message:
                BlockKitCheck.Message(json["blocks"]!.AsArray());
                break;
            case Surface.Modal:
                BlockKitCheck.Modal(json);
                break;
            default:
                BlockKitCheck.Home(json);
                break;
        }
    }

    private static string Slug(string name) => string.Join('-', name.Split([' ', ',', ':', '\''], StringSplitOptions.RemoveEmptyEntries));
}
