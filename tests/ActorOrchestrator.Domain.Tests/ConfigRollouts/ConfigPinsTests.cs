using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.Tests.DaemonSets;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.ConfigRollouts;

/// <summary>Where a template names what it takes values from, and what is put there.</summary>
public sealed class ConfigPinsTests
{
    [Fact]
    public void Every_place_that_names_one_is_found_and_renamed()
    {
        var spec = new PodSpec
        {
            InitContainers = [new Container { Name = "init", EnvFrom = [FromMap("a"), FromSecret("b")] }],
            Containers = [new Container { Name = "main", Env = [Variable("c", map: true), Variable("d", map: false)] }],
            Volumes =
            [
                new Volume { Name = "e", ConfigMap = new() { Name = "e" } },
                new Volume { Name = "f", Secret = new() { SecretName = "f" } },
                new Volume
                {
                    Name = "g",
                    Projected = new()
                    {
                        Sources = [new() { ConfigMap = new() { Name = "g" } }, new() { Secret = new() { Name = "h" } }],
                    },
                },
                new Volume { Name = "none", EmptyDir = new() },
            ],
            ImagePullSecrets = [new() { Name = "left-alone" }],
        };
        Assert.Equal(
            "configmaps/a configmaps/c configmaps/e configmaps/g secrets/b secrets/d secrets/f secrets/h",
            string.Join(' ', ConfigReferences.Of(spec)));
        var renamed = ConfigReferences.Rename(spec, reference => reference.Name + "-1");
        Assert.Equal(
            "configmaps/a-1 configmaps/c-1 configmaps/e-1 configmaps/g-1 secrets/b-1 secrets/d-1 secrets/f-1 "
            + "secrets/h-1", string.Join(' ', ConfigReferences.Of(renamed)));
        Assert.Equal(spec, ConfigReferences.Rename(renamed, reference => reference.Name[..1]));
    }

    [Theory]
    [InlineData("true", "configmaps/app=app-1,secrets/words=", "app-1", "words")]
    [InlineData("true", "configmaps/app=app-1,secrets/words=words-2", "app-1", "words-2")]
    [InlineData("true", "nonsense,=,/", "app", "words")]
    [InlineData("false", "configmaps/app=app-1", "app", "words")]
    [InlineData(null, "configmaps/app=app-1", "app", "words")]
    public void The_template_that_is_rolled_out_names_copies(string? asks, string pins, string map, string secret)
    {
        var pinned = Asking(asks, pins).Pinned();
        Assert.Equal($"configmaps/{map} secrets/{secret}", string.Join(' ', ConfigReferences.Of(pinned.Spec)));
    }

    [Theory]
    [InlineData("true", "", "configmaps/app secrets/words")]
    [InlineData("true", "configmaps/app=app-1", "secrets/words")]
    [InlineData("true", "configmaps/app=,secrets/words=", "")]
    [InlineData("false", "", "")]
    public void What_is_not_decided_yet_is_waited_for(string asks, string pins, string waited) =>
        Assert.Equal(waited, string.Join(' ', ConfigPins.Unpinned(Asking(asks, pins))));

    /// <summary>With a volume of the ConfigMap app, and a variable of the Secret words.</summary>
    internal static PodSpec Using(PodSpec spec) => spec with
    {
        Containers = [spec.Containers[0] with { Env = [Variable("words", map: false)] }],
        Volumes = [new Volume { Name = "files", ConfigMap = new() { Name = "app" } }],
    };

    private static KubeObject Asking(string? asks, string pins)
    {
        var set = DaemonSetBuilder.Make().WithPod(Using);
        var annotations = DeploymentBuilder.Label(ConfigPins.Revisions, pins);
        return set with
        {
            Metadata = set.Metadata with
            {
                Annotations = asks is null ? annotations : annotations.With(ConfigPins.Asks, asks),
            },
        };
    }

    private static EnvFromSource FromMap(string name) => new() { ConfigMapRef = new() { Name = name } };

    private static EnvFromSource FromSecret(string name) => new() { SecretRef = new() { Name = name } };

    private static EnvVar Variable(string name, bool map) => new()
    {
        Name = "VALUE",
        ValueFrom = map
            ? new() { ConfigMapKeyRef = new() { Name = name, Key = "key" } }
            : new() { SecretKeyRef = new() { Name = name, Key = "key" } },
    };
}
