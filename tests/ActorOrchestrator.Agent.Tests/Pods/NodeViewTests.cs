using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Tests.Pods;

public sealed class NodeViewTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("192.0.2.2 10.77.37.254", "192.0.2.2")]
    [InlineData("192.0.2.2 2001:db8::2 10.77.37.254 2001:db8::3", "192.0.2.2 2001:db8::2")]
    [InlineData("2001:db8::2 192.0.2.2", "2001:db8::2 192.0.2.2")]
    public void A_pod_shows_one_address_of_each_family(string addresses, string shown) => Assert.Equal(
        shown, string.Join(' ', NodeView.OnePerFamily(
            addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToValueList())));
}
