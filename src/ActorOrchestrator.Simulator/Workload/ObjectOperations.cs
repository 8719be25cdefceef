using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>Plain objects, and requests that must be refused.</summary>
internal static class ObjectOperations
{
    private const int MapsMax = 8;

    /// <summary>Each is refused with a Status that names what is wrong.</summary>
    private static readonly (string Path, string Body)[] Bad =
    [
        ("/api/v1/namespaces/default/pods", "{"),
        ("/api/v1/namespaces/default/pods", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bad"}}"""),
        ("/api/v1/namespaces/default/pods", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"Not A Name"}}"""),
        ("/api/v1/namespaces/nowhere/configmaps", """{"metadata":{"name":"lost"}}"""),
        ("/apis/apps/v1/namespaces/default/deployments", """{"metadata":{"name":"x"},"spec":{"replicas":"two"}}"""),
        ("/apis/apps/v1/namespaces/default/deployments", """{"metadata":{"name":"x"},"spec":{"replicas":-1}}"""),
        ("/apis/apps/v9/namespaces/default/deployments", "{}"),
    ];

    public static readonly IReadOnlyList<Operation> All =
    [
        new("configmap-write", WriteMapAsync),
        new("configmap-delete", DeleteMapAsync),
        new("stale-write", WriteStaleAsync),
        new("bad-input", SendBadInputAsync),
        new("finalizer", FinalizerAsync),
    ];

    private static async Task WriteMapAsync(WorkloadContext user)
    {
        var map = user.Pick<ConfigMap>(ConfigOperations.IsOwn);
        var data = ValueMap<string>.From([KeyValuePair.Create("value", user.Dice.Suffix(8))]);
        if (map is not null && user.Dice.Chance(0.7))
        {
            await user.ReplaceAsync(map with { Data = data });
        }
        else if (user.World.Truth.All<ConfigMap>().Count(ConfigOperations.IsOwn) < MapsMax)
        {
            await user.CreateAsync(new ConfigMap
            {
                Metadata = new ObjectMeta
                {
                    Name = user.NextName("config"),
                    Namespace = user.Dice.Pick(WorkloadContext.Namespaces),
                },
                Data = data,
            });
        }
    }

    private static async Task DeleteMapAsync(WorkloadContext user)
    {
        if (user.Pick<ConfigMap>(ConfigOperations.IsOwn) is { } map)
        {
            await user.DeleteAsync(map);
        }
    }

    /// <summary>With a resourceVersion that was true once.</summary>
    private static async Task WriteStaleAsync(WorkloadContext user)
    {
        if (user.Pick<ConfigMap>(ConfigOperations.IsOwn) is { } map
            && long.Parse(map.Metadata.ResourceVersion!) is > 1 and var version)
        {
            await user.ReplaceAsync(
                map with
                {
                    Metadata = map.Metadata with { ResourceVersion = (version - 1).ToString() },
                    Data = ValueMap<string>.From([KeyValuePair.Create("value", $"stale-{user.Dice.Suffix(8)}")]),
                },
                Intent.StaleWrite);
        }
    }

    private static async Task SendBadInputAsync(WorkloadContext user)
    {
        var (path, body) = user.Dice.Pick(Bad);
        await user.PostAsync(path, body, Intent.BadInput);
    }

    /// <summary>Somebody else's finalizer holds an object back for a while.</summary>
    private static async Task FinalizerAsync(WorkloadContext user)
    {
        if (user.Pick<Deployment>() is { } deployment)
        {
            var hold = deployment.Metadata.Finalizers.Contains(Finalizer) ? "[]" : $"[\"{Finalizer}\"]";
            await user.PatchAsync(deployment, $$$"""{"metadata":{"finalizers":{{{hold}}}}}""");
        }
    }

    /// <summary>What the workload holds objects back with.</summary>
    public const string Finalizer = "simulator.example/hold";
}
