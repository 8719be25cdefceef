using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>What is wrong at rest with workloads that follow their ConfigMaps: the pods run on a copy of what the
/// ConfigMap holds now, and there is no copy that no revision names.</summary>
internal static class ConfigProblems
{
    public static IEnumerable<string> Find(World world) =>
        OfWorkloads(world).Concat(LeftCopies(world));

    private static IEnumerable<string> OfWorkloads(World world) =>
        from workload in Workloads(world)
        where workload.Metadata.DeletionTimestamp is null && ConfigPins.IsAskedFor(workload)
        let source = ConfigOperations.SourceOf(workload)
        where source is not null
        let map = MapOf(world, workload, source)
        where map is not null
        from pod in world.Truth.All<Pod>()
        where !Describe.IsOver(pod) && IsFor(workload, pod)
        let name = ConfigOperations.SourceOf(pod.Spec)
        where !Serves(map, name is null ? null : MapOf(world, workload, name))
        select $"Pod {pod.Metadata.Namespace}/{pod.Metadata.Name} runs on {name ?? "no ConfigMap"}, which is no copy "
            + $"of what {source} holds; {workload.Kind} {workload.Metadata.Name} has "
            + $"[{workload.Metadata.Annotations.GetValueOrDefault(ConfigPins.Revisions)}]";

    /// <summary>A workload whose template names a copy has gone back to it, and stays there.</summary>
    private static bool Serves(ConfigMap source, ConfigMap? used) => used is not null
        && (ConfigOperations.IsOwn(source)
            ? used.Metadata.Annotations.GetValueOrDefault(ConfigPins.CopyOf) == source.Metadata.Name
                && used.Data == source.Data
            : used.Metadata.Name == source.Metadata.Name);

    /// <summary>Those of a workload whose children were let go are nobody's, and stay.</summary>
    private static IEnumerable<string> LeftCopies(World world)
    {
        var copies = world.Truth.All<ConfigMap>()
            .Where(map => map.Metadata.Annotations.ContainsKey(ConfigPins.CopyOf))
            .Where(map => map.Metadata.OwnerReferences.Count > 0).ToList();
        if (copies.Count == 0)
        {
            yield break;
        }

        var named = string.Concat(
            Workloads(world).Concat(world.Truth.All<ReplicaSet>()).Concat(world.Truth.All<ControllerRevision>())
                .Select(value => Encoding.UTF8.GetString(KubeJson.Encode(value))));
        foreach (var copy in copies.Where(copy => !named.Contains(copy.Metadata.Name!, StringComparison.Ordinal)))
        {
            yield return $"ConfigMap {copy.Metadata.Namespace}/{copy.Metadata.Name} is a copy that no revision names";
        }
    }

    private static IEnumerable<KubeObject> Workloads(World world) =>
        [.. world.Truth.All<Deployment>(), .. world.Truth.All<StatefulSet>(), .. world.Truth.All<DaemonSet>()];

    private static ConfigMap? MapOf(World world, KubeObject workload, string name) => world.Truth.All<ConfigMap>()
        .FirstOrDefault(map => map.Metadata.Namespace == workload.Metadata.Namespace && map.Metadata.Name == name);

    /// <summary>The workloads of a simulation select by one label of their own.</summary>
    private static bool IsFor(KubeObject workload, Pod pod) =>
        pod.Metadata.Namespace == workload.Metadata.Namespace
        && pod.Metadata.OwnerReferences.Any(reference => reference.Controller == true)
        && pod.Metadata.Labels.GetValueOrDefault("app") == workload.Metadata.Labels.GetValueOrDefault("app");
}
