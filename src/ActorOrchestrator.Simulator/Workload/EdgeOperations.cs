using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What is asked for seldom, and goes wrong easily: names used again, second bindings, rehearsals, namespaces
/// that are deleted with what is in them.</summary>
internal static class EdgeOperations
{
    private const int NamesUsedAgain = 2;
    private const int NamespacesMax = 2;

    /// <summary>Namespaces with this beginning come and go.</summary>
    public const string NamespacePrefix = "brief-";

    public static readonly IReadOnlyList<Operation> All =
    [
        new("pod-again", AgainAsync),
        new("pod-rebind", RebindAsync),
        new("dry-run", RehearseAsync),
        new("namespace-brief", BriefAsync),
    ];

    /// <summary>A pod is deleted, and another one of its name made at once, as a StatefulSet would.</summary>
    private static async Task AgainAsync(WorkloadContext user)
    {
        var name = $"again-{user.Dice.Between(1, NamesUsedAgain)}";
        var grace = user.Dice.Pick(["{}", """{"gracePeriodSeconds":0}""", """{"gracePeriodSeconds":0}"""]);
        var spec = Templates.PodSpec(user.Dice) with { RestartPolicy = user.Dice.Pick(["Always", "Never"]) };
        if (spec.RestartPolicy == "Never")
        {
            spec = spec with { Containers = [spec.Containers[0] with { Image = "job:v1" }] };
        }

        var pod = new Pod { Metadata = new ObjectMeta { Name = name, Namespace = "default" }, Spec = spec };
        if (user.World.Truth.Find<Pod>("default", name) is not null)
        {
            await user.DeleteAsync(pod, grace);
        }

        await user.CreateAsync(pod);
    }

    /// <summary>A pod that has a node keeps it: 409.</summary>
    private static async Task RebindAsync(WorkloadContext user)
    {
        if (user.Pick<Pod>(pod => pod.Spec.NodeName is { Length: > 0 }) is { } pod
            && user.Pick<Node>(node => node.Metadata.Name != pod.Spec.NodeName) is { } other)
        {
            await user.PostAsync(
                $"{WorkloadContext.PathOf(pod)}/binding",
                $$$"""
                {"apiVersion":"v1","kind":"Binding","metadata":{"name":"{{{pod.Metadata.Name}}}",
                "uid":"{{{pod.Metadata.Uid}}}"},"target":{"kind":"Node","name":"{{{other.Metadata.Name}}}"}}
                """);
        }
    }

    /// <summary>Requests that must change nothing, whatever they are answered.</summary>
    private static async Task RehearseAsync(WorkloadContext user)
    {
        const string dryRun = "?dryRun=All";
        var map = user.Pick<ConfigMap>(
            one => one.Metadata.Name?.StartsWith("config-", StringComparison.Ordinal) == true);
        var data = ValueMap<string>.From([KeyValuePair.Create("value", $"rehearsed-{user.Dice.Suffix(8)}")]);
        var fresh = new ConfigMap
        {
            Metadata = new ObjectMeta { Name = user.NextName("config-rehearsed"), Namespace = "default" },
            Data = data,
        };
        var call = user.Dice.Below(3) switch
        {
            0 when map is not null => new ApiCall("PUT", WorkloadContext.PathOf(map) + dryRun)
            {
                Body = Api.Serialization.KubeJson.Encode(map with { Data = data }),
            },
            1 when map is not null => new ApiCall("DELETE", WorkloadContext.PathOf(map) + dryRun),
            _ => new ApiCall("POST", WorkloadContext.PathOf(KindRegistry.Of<ConfigMap>(), "default", null) + dryRun)
            {
                Body = Api.Serialization.KubeJson.Encode(fresh),
            },
        };
        await user.Client.SendAsync(call, Intent.DryRun);
    }

    /// <summary>A namespace with something in it is made, or deleted.</summary>
    private static async Task BriefAsync(WorkloadContext user)
    {
        var there = user.World.Truth.All<Namespace>().Where(IsBrief).ToList();
        if (there.Count > 0 && (there.Count == NamespacesMax || user.Dice.Chance(0.5)))
        {
            await user.DeleteAsync(user.Dice.Pick(there));
            return;
        }

        var name = user.NextName("brief");
        await user.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = name } });
        await user.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "inside", Namespace = name } });
        var deployment = Templates.Deployment(user.Dice, "inside", name);
        await user.CreateAsync(deployment with { Spec = deployment.Spec with { Replicas = user.Dice.Below(3) } });
        await user.CreateAsync(user.Dice.Below(5) switch
        {
            0 => JobOperations.Job(user.Dice, "work", name),
            1 => CronJobOperations.CronJob(user.Dice, "tick", name),
            2 => IndexedJobOperations.Job(user.Dice, "part", name),
            3 => StatefulSetOperations.StatefulSet(user.Dice, "base", name),
            _ => DaemonSetOperations.DaemonSet(user.Dice, "daemon", name),
        });
    }

    public static bool IsBrief(Namespace value) =>
        value.Metadata.Name!.StartsWith(NamespacePrefix, StringComparison.Ordinal);
}
