using Shouldly;
using Xunit;

namespace DbChatOps.Tests;

public sealed class SecretTests
{
    [Fact]
    [Trait("Trap", "T-25")]
    public void A_secret_prints_stars_however_it_is_printed()
    {
        var secret = new Secret("hunter2");

        $"{secret}".ShouldBe("***");
        secret.Reveal().ShouldBe("hunter2");
    }
}
