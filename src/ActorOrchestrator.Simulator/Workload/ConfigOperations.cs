using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ConfigRollouts;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>Workloads that take values from ConfigMaps, and are to be rolled when those change
/// (docs/config-rollouts.md).</summary>
internal static class ConfigOperations
{
    public static readonly IReadOnlyList<Operation> All =
    [
        new("config-follow", FollowAsync),
        new("config-unfollow", UnfollowAsync),
    ];

    /// <summary>A ConfigMap that the workload made itself: neither the cluster's own nor a copy for a
    /// revision.</summary>
    public static bool IsOwn(ConfigMap map) =>
        map.Metadata.Name?.StartsWith("config-", StringComparison.Ordinal) == true
        && !map.Metadata.Annotations.ContainsKey(ConfigPins.CopyOf);

    /// <summary>The name that its pods are to take their values from; null when they take none.</summary>
    public static string? SourceOf(KubeObject workload) =>
        ConfigPins.TemplateOf(workload) is { } template ? SourceOf(template.Spec) : null;

    /// <inheritdoc cref="SourceOf(KubeObject)"/>
    public static string? SourceOf(PodSpec spec) => spec.Containers[0].EnvFrom
        .Select(source => source.ConfigMapRef?.Name).FirstOrDefault(name => name is not null);

    /// <summary>A ConfigMap may go at any time, so pods can do without.</summary>
    private static async Task FollowAsync(WorkloadContext user)
    {
        if (Any(user, _ => true) is not { } workload)
        {
            return;
        }

        var @namespace = workload.Metadata.Namespace;
        if (user.Pick<ConfigMap>(map => map.Metadata.Namespace == @namespace && IsOwn(map)) is { } map)
        {
            var source = new EnvFromSource { ConfigMapRef = new() { Name = map.Metadata.Name, Optional = true } };
            await user.ReplaceAsync(With(workload, [source], "true"));
        }
    }

    /// <summary>The next revision names the ConfigMap itself again, or none.</summary>
    private static async Task UnfollowAsync(WorkloadContext user)
    {
        if (Any(user, ConfigPins.IsAskedFor) is { } workload)
        {
            var keeps = user.Dice.Chance(0.5);
            await user.ReplaceAsync(With(
                workload, keeps ? ConfigPins.TemplateOf(workload)!.Spec.Containers[0].EnvFrom : [], "false"));
        }
    }

    private static KubeObject? Any(WorkloadContext user, Func<KubeObject, bool> fits) => user.Dice.Below(4) switch
    {
        0 => user.Pick<DaemonSet>(fits),
        1 => user.Pick<StatefulSet>(fits),
        _ => user.Pick<Deployment>(fits),
    };

    private static KubeObject With(KubeObject workload, ValueList<EnvFromSource> sources, string asks)
    {
        var annotations = ValueMap<string>.From(
            workload.Metadata.Annotations.Where(pair => pair.Key != ConfigPins.Asks)
                .Append(KeyValuePair.Create(ConfigPins.Asks, asks)));
        var metadata = workload.Metadata with { Annotations = annotations };
        return workload switch
        {
            Deployment deployment => deployment with
            {
                Metadata = metadata,
                Spec = deployment.Spec with { Template = With(deployment.Spec.Template, sources) },
            },
            StatefulSet set => set with
            {
                Metadata = metadata,
                Spec = set.Spec with { Template = With(set.Spec.Template, sources) },
            },
            DaemonSet set => set with
            {
                Metadata = metadata,
                Spec = set.Spec with { Template = With(set.Spec.Template, sources) },
            },
            _ => throw new ArgumentException($"a {workload.Kind} has no revisions", nameof(workload)),
        };
    }

    private static PodTemplateSpec With(PodTemplateSpec template, ValueList<EnvFromSource> sources) => template with
    {
        Spec = template.Spec with
        {
            Containers = [template.Spec.Containers[0] with { EnvFrom = sources }],
        },
    };
}
