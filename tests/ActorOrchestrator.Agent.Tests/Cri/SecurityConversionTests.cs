using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Proto = ActorOrchestrator.Agent.Cri.Protocol;
using ContainerConfig = ActorOrchestrator.Agent.Containers.ContainerConfig;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>What is asked of runtimes that can more than the one of these tests: profiles and users.</summary>
public sealed class SecurityConversionTests
{
    private static readonly SandboxConfig s_sandbox = new()
    {
        Name = "p", Namespace = "default", Uid = "u", LogDirectory = "/logs",
    };

    private static readonly ContainerConfig s_container = new()
    {
        Name = "c", Image = "i", LogPath = "c/0.log", Mounts = [new MountConfig("/data", "/volumes/data", false)],
    };

    [Theory]
    [InlineData("", "", "", null, null)]
    [InlineData("", "", "RuntimeDefault", "RuntimeDefault", "")]
    [InlineData("", "localhost/of-annotation", "RuntimeDefault", "Localhost", "of-annotation")]
    [InlineData("", "unconfined", "RuntimeDefault", "Unconfined", "")]
    [InlineData("", "runtime/default", "", "RuntimeDefault", "")]
    [InlineData("Localhost own", "unconfined", "RuntimeDefault", "Localhost", "own")]
    [InlineData("Unconfined", "", "Localhost of-pod", "Unconfined", "")]
    [InlineData("", "", "Localhost of-pod", "Localhost", "of-pod")]
    public void The_profile_is_the_containers_or_the_annotations_or_the_pods(
        string own, string annotation, string ofPod, string? type, string? name)
    {
        var container = PodSpecs.App("app") with
        {
            SecurityContext = new SecurityContext { AppArmorProfile = Of(own) },
        };
        var pod = PodSpecs.Of(container).With(spec => spec with
        {
            SecurityContext = new PodSecurityContext { AppArmorProfile = Of(ofPod) },
        });
        if (annotation.Length > 0)
        {
            pod = pod with
            {
                Metadata = pod.Metadata with
                {
                    Annotations = ValueMap<string>.From([new(AppArmor.Annotation + "app", annotation)]),
                },
            };
        }

        var security = SecurityPlan.Of(pod, container, new ImageInfo("i", [], [], 1, null, null));
        var asked = (s_container with { Security = security }).ToProto(s_sandbox, "me").Linux.SecurityContext.Apparmor;
        Assert.Equal((type, name), (asked?.ProfileType.ToString(), asked?.LocalhostRef));

        // As in Kubernetes, a pod's profile is needed also where its containers have others.
        Assert.Equal(ofPod.Length > 0 || type is not (null or "Unconfined"), AppArmor.IsNeededBy(pod));
    }

    /// <summary>containerd 2.0 says so; earlier ones say nothing, as the status then.</summary>
    [Fact]
    public void The_runtime_says_as_whom_a_container_runs()
    {
        var status = new Proto.ContainerStatus
        {
            User = new() { Linux = new() { Uid = 1000, Gid = 3000, SupplementalGroups = { 3000, 4000 } } },
        };
        var user = status.ToRecord("s").User;
        Assert.Equal((1000, 3000), (user?.Uid, user?.Gid));
        Assert.Equal([3000, 4000], user!.Groups);
        Assert.Null(new Proto.ContainerStatus().ToRecord("s").User);
    }

    [Fact]
    public void A_pod_with_users_of_its_own_has_them_in_its_sandbox_its_containers_and_its_volumes()
    {
        var sandbox = s_sandbox with { FirstUser = 131_072 };
        var expected = new IDMapping { HostId = 131_072, ContainerId = 0, Length = 65_536 };
        var ofSandbox = sandbox.ToProto("me").Linux.SecurityContext.NamespaceOptions.UsernsOptions;
        var container = s_container.ToProto(sandbox, "me");
        var ofContainer = container.Linux.SecurityContext.NamespaceOptions.UsernsOptions;
        Assert.Equal(ofSandbox, ofContainer);
        Assert.Equal(Proto.NamespaceMode.Pod, ofSandbox.Mode);
        Assert.Equal(
            (expected, expected), (Assert.Single(ofSandbox.Uids), Assert.Single(ofSandbox.Gids)));
        var mount = Assert.Single(container.Mounts);
        Assert.Equal(
            (expected, expected), (Assert.Single(mount.UidMappings), Assert.Single(mount.GidMappings)));

        Assert.Equal(
            Proto.NamespaceMode.Node,
            s_sandbox.ToProto("me").Linux.SecurityContext.NamespaceOptions.UsernsOptions.Mode);
        Assert.Empty(Assert.Single(s_container.ToProto(s_sandbox, "me").Mounts).UidMappings);
    }

    /// <summary>A runtime that mounts an image itself maps its owners itself, too.</summary>
    [Fact]
    public void An_image_is_mounted_in_place_of_a_path_and_its_owners_stay_where_the_agent_mounts_it()
    {
        var container = s_container with
        {
            Mounts =
            [
                new MountConfig("/data", "", ReadOnly: true) { Image = new MountedImage("sha256:1", "etc") },
                new MountConfig("/files", "/view", ReadOnly: true) { KeepsOwners = true },
            ],
        };
        var mounts = container.ToProto(s_sandbox with { FirstUser = 131_072 }, "me").Mounts;

        Assert.Equal(("sha256:1", "etc"), (mounts[0].Image.Image, mounts[0].ImageSubPath));
        Assert.Equal(("", true, 1), (mounts[0].HostPath, mounts[0].Readonly, mounts[0].UidMappings.Count));
        Assert.Equal((null, "/view", 0), (mounts[1].Image, mounts[1].HostPath, mounts[1].UidMappings.Count));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", true, true)]
    [InlineData("", false, false)]
    [InlineData("other", true, false)]
    public async Task The_runtime_says_whether_its_handler_has_user_namespaces(string handler, bool told, bool expected)
    {
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            GrpcServer.Begin(context);
            var handlers = new RuntimeHandler
            {
                Name = handler, Features = new RuntimeHandlerFeatures { UserNamespaces = told },
            };
            await GrpcServer.WriteAsync(context, new StatusResponse { RuntimeHandlers = { handlers } });
            GrpcServer.End(context, 0);
        });
        using var runtime = new CriRuntime(
            new CriRuntimeOptions(server.SocketPath, "me"), TimeProvider.System, NullLogger<CriRuntime>.Instance);
        Assert.Equal(expected, (await runtime.StatusAsync(TestContext.Current.CancellationToken)).HasUserNamespaces);
    }

    private static AppArmorProfile? Of(string text) => text.Split(' ') switch
    {
        [""] => null,
        [var type, var name] => new AppArmorProfile { Type = type, LocalhostProfile = name },
        [var type] => new AppArmorProfile { Type = type },
        _ => throw new ArgumentException(text),
    };
}
