using System.Text;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Volumes;

public sealed class VolumePlanTests : IPodConfiguration
{
    private static readonly ServiceAccountToken s_token = new("tok", DateTimeOffset.UnixEpoch);

    public ConfigMap? ConfigMap(string name) => name == "conf"
        ? new ConfigMap { Data = ValueMap<string>.From([new("a", "1"), new("b", "2")]) }
        : null;

    public Secret? Secret(string name) => name == "pass"
        ? new Secret { Data = ValueMap<string>.From([new("k", Convert.ToBase64String("s"u8))]) }
        : null;

    [Fact]
    public void A_projected_volume_joins_its_sources()
    {
        var files = Files(Projected(
            new VolumeProjection { ConfigMap = new ConfigMapProjection { Name = "conf" } },
            new VolumeProjection { Secret = new SecretProjection { Name = "pass" } },
            new VolumeProjection { ServiceAccountToken = new ServiceAccountTokenProjection { Path = "token" } },
            new VolumeProjection
            {
                DownwardAPI = new DownwardAPIProjection
                {
                    Items =
                    [
                        new DownwardAPIVolumeFile
                        {
                            Path = "labels", FieldRef = new ObjectFieldSelector { FieldPath = "metadata.labels" },
                        },
                    ],
                },
            }));

        Assert.Equal(["a=1", "b=2", "k=s", "token=tok", "labels=app=\"x\"\ntier=\"y\""], files);
    }

    [Fact]
    public void Items_choose_keys_and_name_paths()
    {
        var source = new ConfigMapVolumeSource
        {
            Name = "conf", Items = [new KeyToPath { Key = "b", Path = "dir/other", Mode = 256 }],
        };
        var work = (VolumeWork.Files)Plan(new Volume { Name = "v", ConfigMap = source }).Works.Single();

        Assert.Equal(("dir/other", 256), (work.Content.Single().Path, work.Content.Single().Mode));
    }

    [Theory]
    [InlineData("none", "", false, "MountVolume.SetUp failed for volume \"v\" : configmap \"none\" not found")]
    [InlineData("none", "", true, null)]
    [InlineData("conf", "zzz", false,
        "MountVolume.SetUp failed for volume \"v\" : configmap references non-existent config key: zzz")]
    [InlineData("conf", "zzz", true, null)]
    public void What_is_missing_is_named_unless_it_is_optional(string name, string key, bool optional, string? failure)
    {
        var source = new ConfigMapVolumeSource
        {
            Name = name, Optional = optional,
            Items = key.Length == 0 ? [] : [new KeyToPath { Key = key, Path = "p" }],
        };

        var failures = Plan(new Volume { Name = "v", ConfigMap = source }).Failures;
        Assert.Equal(failure is null ? [] : [failure], failures);
    }

    /// <summary>Users of the pod and of its container; the group; then the token's mode and owner.</summary>
    [Theory]
    [InlineData(null, null, null, "644", null)]
    [InlineData(1000L, null, null, "600", 1000L)]
    [InlineData(1000L, 1000L, null, "600", 1000L)]
    [InlineData(null, 1000L, null, "600", 1000L)]
    [InlineData(1000L, 2000L, null, "600", 2000L)]
    [InlineData(null, null, 3000L, "600", null)]
    public void A_token_is_for_the_one_user_or_the_group_of_its_pod(
        long? ofPod, long? ofContainer, long? group, string mode, long? owner)
    {
        var volume = Projected(new VolumeProjection
        {
            ServiceAccountToken = new ServiceAccountTokenProjection { Path = "token" },
        });
        var scope = Scope(volume, hasToken: true);
        var file = TokenOf(scope with
        {
            Pod = scope.Pod.With(spec => spec with
            {
                SecurityContext = new PodSecurityContext { RunAsUser = ofPod, FsGroup = group },
                Containers = [spec.Containers[0] with
                {
                    SecurityContext = new SecurityContext { RunAsUser = ofContainer },
                }],
            }),
        });
        Assert.Equal((mode, owner), (Convert.ToString(file.Mode, 8), file.Owner));
    }

    [Fact]
    public void A_token_of_a_pod_with_several_users_is_for_all_of_them()
    {
        var volume = Projected(new VolumeProjection
        {
            ServiceAccountToken = new ServiceAccountTokenProjection { Path = "token" },
        });
        var scope = Scope(volume, hasToken: true);
        var file = TokenOf(scope with
        {
            Pod = scope.Pod.With(spec => spec with
            {
                Containers = [spec.Containers[0], PodSpecs.App("other") with
                {
                    SecurityContext = new SecurityContext { RunAsUser = 1 },
                }],
            }),
        });
        Assert.Equal(("644", null), (Convert.ToString(file.Mode, 8), file.Owner));
    }

    private static VolumeFile TokenOf(VolumeScope scope) =>
        ((VolumeWork.Files)VolumePlan.Of(scope).Works.Single()).Content.Single();

    [Fact]
    public void A_token_that_cannot_be_had_is_left_out_and_told()
    {
        var volume = Projected(new VolumeProjection
        {
            ServiceAccountToken = new ServiceAccountTokenProjection { Path = "token" },
        });
        var plan = VolumePlan.Of(Scope(volume, hasToken: false));

        Assert.Empty(((VolumeWork.Files)plan.Works.Single()).Content);
        Assert.Equal(
            ["volume \"v\" is mounted without token: no token for service account \"default\" is to be had"],
            plan.Warnings);
    }

    [Theory]
    [InlineData(ImageMounter.Agent, "")]
    [InlineData(ImageMounter.Runtime, "")]
    [InlineData(ImageMounter.Nobody, "MountVolume.SetUp failed for volume \"v\" : the container runtime of this node "
        + "does not mount images")]
    public void An_image_waits_for_its_container_unless_nobody_mounts_it(ImageMounter mounter, string failure)
    {
        var volume = new Volume { Name = "v", Image = new ImageVolumeSource { Reference = "data:1" } };
        var plan = VolumePlan.Of(Scope(volume, hasToken: false) with { Images = mounter });

        Assert.Empty(plan.Works);
        Assert.Equal(failure, string.Join('\n', plan.Failures));
    }

    private static Volume Projected(params VolumeProjection[] sources) =>
        new() { Name = "v", Projected = new ProjectedVolumeSource { Sources = sources.ToValueList() } };

    private List<string> Files(Volume volume) =>
        ((VolumeWork.Files)Plan(volume).Works.Single()).Content
            .Select(f => $"{f.Path}={Encoding.UTF8.GetString(f.Content.Span)}").ToList();

    private VolumePlanOutcome Plan(Volume volume) => VolumePlan.Of(Scope(volume, hasToken: true));

    private VolumeScope Scope(Volume volume, bool hasToken)
    {
        var pod = PodSpecs.Of().With(s => s with { Volumes = [volume] });
        pod = pod with
        {
            Metadata = pod.Metadata with { Labels = ValueMap<string>.From([new("app", "x"), new("tier", "y")]) },
        };
        var tokens = VolumePlan.Tokens(pod).Where(_ => hasToken).ToDictionary(order => order, _ => s_token);
        return new VolumeScope(pod, this, tokens, ["192.168.0.1"], new NodeResources(2000, 1L << 32, 1L << 34),
            ImageMounter.Agent);
    }
}
