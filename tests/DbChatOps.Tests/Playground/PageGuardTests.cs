using System.Net;
using System.Net.Http.Json;
using DbChatOps.Playground.Page;
using DbChatOps.Playground.World;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

/// <summary>Who may use the page. Whoever may, acts as any person of the workspace.</summary>
public sealed class PageGuardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_is_served_under_a_policy_that_runs_no_foreign_and_no_inline_code()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);

        using var response = await page.Http.GetAsync("/", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = response.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("require-trusted-types-for 'script'");
        policy.ShouldNotContain("unsafe");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "127.0.0.1.evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Requests_from_elsewhere_are_refused(string header, string value)
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/playground/gestures/say")
        {
            Content = JsonContent.Create(new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = "x" }),
        };
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await page.Http.SendAsync(request, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        rig.Driver.Sights.Messages(Seed.General).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_remote_address_is_refused()
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse("192.0.2.7") } };
        (http.Request.Path, http.Request.Host) = ("/playground/screen", new HostString("127.0.0.1", 4170));

        await PageGuard.PassAsync(http, _ => throw new InvalidOperationException("It was let in."));

        http.Response.StatusCode.ShouldBe(StatusCodes.Status403Forbidden);
    }

    [Fact]
    public async Task The_Web_API_is_not_for_the_guard_to_judge()
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse("192.0.2.7") } };
        http.Request.Path = "/api/auth.test";
        var passed = false;

        await PageGuard.PassAsync(http, _ =>
        {
            passed = true;
            return Task.CompletedTask;
        });

        passed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_form_of_another_site_is_no_gesture()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        using var form = new StringContent($$"""{"as":"{{Seed.Ana.Id}}","in":"{{Seed.General.Id}}","text":"x"}""");

        using var response = await page.Http.PostAsync("/playground/gestures/say", form, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        rig.Driver.Sights.Messages(Seed.General).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_module_of_the_page_makes_markup_from_text()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        PageAssets.Names.ShouldContain("app.js");

        foreach (var name in PageAssets.Names.Where(name => name.EndsWith(".js", StringComparison.Ordinal)))
        {
            var module = await page.Http.GetStringAsync("/playground/assets/" + name, Ct);
            foreach (var door in new[] { "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "srcdoc", "Function(" })
                module.ShouldNotContain(door, Case.Sensitive, name);
        }
    }
}
