using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class RuntimeAbilityTests
{
    [Theory]
    [InlineData("containerd", "1.6.20~ds1", ImageMounter.Agent, true)]
    [InlineData("containerd", "v1.7.27", ImageMounter.Agent, true)]
    [InlineData("containerd", "2.0.5", ImageMounter.Agent, true)]
    [InlineData("containerd", "v2.1.4", ImageMounter.Agent, true)]
    [InlineData("containerd", "v2.2.0", ImageMounter.Runtime, true)]
    [InlineData("containerd", "2.10.1-rc.0", ImageMounter.Runtime, true)]
    [InlineData("containerd", "3.0.0", ImageMounter.Runtime, true)]
    [InlineData("containerd", "some words", ImageMounter.Agent, true)]
    [InlineData("cri-o", "1.30.4", ImageMounter.Nobody, false)]
    [InlineData("cri-o", "1.33.0", ImageMounter.Runtime, false)]
    [InlineData("another", "9.9", ImageMounter.Nobody, false)]
    public void Name_and_version_say_what_a_runtime_can(
        string name, string version, ImageMounter mounter, bool hasContainerdServices) =>
        Assert.Equal(
            new RuntimeAbilities(hasContainerdServices, mounter),
            RuntimeAbilities.Of(new RuntimeVersion(name, version)));
}
