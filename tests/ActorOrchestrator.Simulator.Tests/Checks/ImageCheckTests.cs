using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class ImageCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new ImageCheck());

    public ImageCheckTests() => _world.Create(Pod());

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("docker.io/library/app:v1")]
    [InlineData("docker.io/library/data:v1")]
    public void One_that_a_pod_has_run_with_for_a_while_stays(string image)
    {
        _world.Pass(61);
        _world.Refuses(world => world.RemoveImage("node-1", image), image, "default/web");
    }

    [Fact]
    public void Others_may_go_and_that_of_a_pod_that_has_just_come()
    {
        _world.RemoveImage("node-1", "docker.io/library/data:v1");
        _world.Pass(61);
        _world.RemoveImage("node-1", "docker.io/library/data:v2");
        _world.RemoveImage("node-2", "docker.io/library/data:v1");
    }

    [Theory]
    [InlineData("Succeeded", false)]
    [InlineData("Running", true)]
    public void That_of_a_pod_which_is_over_or_ends_may_go(string phase, bool isEnding)
    {
        _world.Pass(61);
        _world.Replace(Pod(phase, isEnding));
        _world.RemoveImage("node-1", "docker.io/library/data:v1");
    }

    private static Pod Pod(string phase = "Running", bool isEnding = false) => new()
    {
        Metadata = new()
        {
            Name = "web", Namespace = "default", Uid = "u1",
            DeletionTimestamp = isEnding ? DateTimeOffset.UnixEpoch : null,
        },
        Spec = new()
        {
            NodeName = "node-1",
            Containers = [new Container { Name = "main", Image = "app:v1" }],
            Volumes = [new Volume { Name = "data", Image = new ImageVolumeSource { Reference = "data:v1" } }],
        },
        Status = new() { Phase = phase },
    };
}
