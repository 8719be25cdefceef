using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>Images that a pod has as volumes: how they come, who mounts them, and that they go.</summary>
public sealed class ImageVolumeTests : IDisposable
{
    private const string Name = "docker.io/library/data:1";

    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void The_agent_mounts_what_the_runtime_gives_it_to_read()
    {
        _world.Runtime.Pullable.Add(Name);
        _world.Start(Pod());

        Assert.Equal("Running", _world.Status.Phase);
        Assert.Contains("Normal Pulling Pulling image \"data:1\"", _world.Cluster.Events);
        Assert.Contains(_world.Cluster.Events, told => told.StartsWith(
            "Normal Pulled Successfully pulled image \"data:1\"", StringComparison.Ordinal));
        var work = Assert.IsType<VolumeWork.Image>(_world.Files.Volumes["data"]);
        Assert.Equal($"/files/sha256:{Name}", Assert.Single(work.Mounts).Source);
        Assert.Equal(["u1/data"], _world.Runtime.Views);
        Assert.Empty(_world.Runtime.Configs["app"].Mounts);
    }

    [Fact]
    public void A_runtime_that_mounts_images_is_told_the_id()
    {
        _world.Runtime.Mounter = ImageMounter.Runtime;
        _world.Runtime.Pullable.Add(Name);
        _world.Start(Pod());

        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(
            new MountedImage($"sha256:{Name}", ""), Assert.Single(_world.Runtime.Configs["app"].Mounts).Image);
        Assert.Empty(_world.Runtime.Views);
        Assert.Empty(_world.Files.Volumes);
    }

    [Fact]
    public void A_runtime_that_cannot_is_waited_for_and_told_of_and_no_image_is_pulled()
    {
        _world.Runtime.Mounter = ImageMounter.Nobody;
        _world.Runtime.Pullable.Add(Name);
        _world.Start(Pod());

        const string problem = "MountVolume.SetUp failed for volume \"data\" : the container runtime of this node does "
            + "not mount images";
        Assert.Equal("ContainerCreating", Waiting("app").Reason);
        Assert.Equal(problem, Waiting("app").Message);
        Assert.Contains($"Warning FailedMount {problem}", _world.Cluster.Events);
        Assert.DoesNotContain(_world.Runtime.Calls, call => call.StartsWith("pull", StringComparison.Ordinal));
    }

    [Fact]
    public void Containers_that_mount_an_image_wait_until_it_can_be_pulled_and_the_others_run()
    {
        _world.Start(Pod(Mounting("app"), PodSpecs.App("other")));
        Assert.Equal("ErrImagePull", Waiting("app").Reason);
        Assert.Contains("Warning Failed Error: ErrImagePull", _world.Cluster.Events);
        Assert.NotNull(_world.Container("other").State.Running);

        _world.Advance(3);
        Assert.Equal("ImagePullBackOff", Waiting("app").Reason);
        Assert.StartsWith(
            "Back-off pulling image \"data:1\": ErrImagePull: ", Waiting("app").Message, StringComparison.Ordinal);
        Assert.Contains("Normal BackOff Back-off pulling image \"data:1\"", _world.Cluster.Events);

        _world.Runtime.Pullable.Add(Name);
        _world.Advance(7.1);
        Assert.Equal(2, Pulls);
        Assert.Equal("Running", _world.Status.Phase);
        Assert.NotNull(_world.Container("app").State.Running);
    }

    [Theory]
    [InlineData("data:1", "Never", "ErrImageNeverPull")]
    [InlineData("Not/A:Name:", "IfNotPresent", "InvalidImageName")]
    [InlineData("app:1", "Never", "")]
    [InlineData("app:1", "Always", "ErrImagePull")]
    public void The_pull_policy_of_the_volume_decides(string reference, string policy, string waiting)
    {
        _world.Start(Pod().With(spec => spec with
        {
            Volumes = [new Volume { Name = "data", Image = new() { Reference = reference, PullPolicy = policy } }],
        }));

        Assert.Equal(waiting, _world.Container("app").State.Waiting?.Reason ?? "");
    }

    [Fact]
    public void An_image_that_no_container_mounts_is_not_asked_for()
    {
        _world.Start(Pod(PodSpecs.App("app")));

        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(0, Pulls);
    }

    [Fact]
    public void Two_containers_have_one_pull()
    {
        _world.Runtime.Pullable.Add(Name);
        _world.Start(Pod(Mounting("app"), Mounting("other")));

        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(1, Pulls);
    }

    [Fact]
    public void A_volume_that_cannot_be_mounted_keeps_the_container_uncreated_and_is_tried_again()
    {
        _world.Runtime.Pullable.Add(Name);
        _world.Runtime.ViewProblem = "parent snapshot sha256:0 does not exist";
        _world.Start(Pod());
        Assert.Equal("CreateContainerError", Waiting("app").Reason);
        Assert.Equal("parent snapshot sha256:0 does not exist", Waiting("app").Message);
        Assert.Contains("Warning Failed Error: parent snapshot sha256:0 does not exist", _world.Cluster.Events);

        // The image is looked for again, too.
        _world.Runtime.Images.Remove(Name);
        _world.Runtime.ViewProblem = null;
        _world.Advance(10.1);
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(2, Pulls);
    }

    [Fact]
    public void A_directory_that_the_image_does_not_have_is_told_as_by_a_runtime_that_mounts_images()
    {
        _world.Runtime.Pullable.Add(Name);
        (_world.Files.MountProblem, _world.Files.IsImageProblem) = ("no such directory", true);
        _world.Start(Pod());

        Assert.Equal(("CreateContainerError", "no such directory"), (Waiting("app").Reason, Waiting("app").Message));
    }

    [Fact]
    public void A_container_that_starts_again_pulls_nothing_and_the_views_go_with_the_pod()
    {
        _world.Runtime.Pullable.Add(Name);
        var pod = Pod();
        _world.Start(pod).Exit("app", 1);
        _world.Advance(20);
        Assert.Equal(1, _world.Container("app").RestartCount);
        Assert.Equal(1, Pulls);

        _world.Runtime.Views.Add("u2/data");
        _world.Delete(pod);
        Assert.Equal(["u2/data"], _world.Runtime.Views);
        Assert.Contains("tear down u1", _world.Files.Calls);
    }

    [Fact]
    public void The_views_of_a_pod_that_is_known_by_its_sandbox_only_go_too()
    {
        _world.Runtime.Pullable.Add(Name);
        _world.Start(Pod());
        var orphan = Agent.Pods.PodRecovery.Orphan("shop", "web", "u1", 0);
        _world.Restart(orphan).Remove();

        Assert.Empty(_world.Runtime.Views);
    }

    [Fact]
    public void A_new_agent_lets_the_pod_run_on_and_asks_for_no_image()
    {
        _world.Runtime.Pullable.Add(Name);
        var pod = Pod();
        _world.Start(pod).Restart(pod);

        Assert.Equal("Running", _world.Status.Phase);
        Assert.DoesNotContain(_world.Runtime.Calls, call =>
            call.StartsWith("pull", StringComparison.Ordinal) || call.StartsWith("view", StringComparison.Ordinal));
    }

    private int Pulls => _world.Runtime.Calls.Count(call => call == $"pull {Name}");

    private ContainerStateWaiting Waiting(string container) => _world.Container(container).State.Waiting!;

    private static Container Mounting(string name) => PodSpecs.App(name) with
    {
        VolumeMounts = [new VolumeMount { Name = "data", MountPath = "/data" }],
    };

    private static Pod Pod(params Container[] containers) =>
        PodSpecs.Of(containers.Length == 0 ? [Mounting("app")] : containers).With(spec => spec with
        {
            Volumes =
            [
                new Volume { Name = "data", Image = new() { Reference = "data:1", PullPolicy = "IfNotPresent" } },
            ],
        });
}
