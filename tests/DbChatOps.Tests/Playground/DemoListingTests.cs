using DbChatOps.Access;
using DbChatOps.Playground.Demo;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

/// <summary>The playground does not know the bot's code; what it tells people of the bot is compared here.</summary>
public sealed class DemoListingTests
{
    [Fact]
    public void The_demo_lists_the_commands_that_the_bot_knows() =>
        DemoListing.App.Commands.Select(command => command.Line).ShouldBe(AccessHelp.All.Select(topic => "/db " + topic.Line));

    [Fact]
    public void Whoever_is_to_take_a_first_step_is_in_the_channel_where_it_is_taken()
    {
        foreach (var step in DemoListing.App.FirstSteps.Where(step => step.ChannelId is not null))
            Seed.Channels.Single(channel => channel.Id == step.ChannelId).Members.ShouldContain(step.UserId);
    }
}
