namespace ActorOrchestrator.Api.Core;

/// <summary>What the containers of a pod ask for together.</summary>
internal static class ContainerRequests
{
    /// <summary>Containers run at the same time, and so do init containers that stay; other init containers run one
    /// after the other, before.</summary>
    public static IReadOnlyDictionary<string, Quantity> Of(PodSpec pod)
    {
        var (staying, most) = OfInitContainers(pod);
        foreach (var container in pod.Containers)
        {
            Add(staying, container.Resources.Requests);
        }

        Raise(staying, most);
        return staying;
    }

    private static (Dictionary<string, Quantity> Staying, Dictionary<string, Quantity> Most) OfInitContainers(
        PodSpec pod)
    {
        var staying = new Dictionary<string, Quantity>();
        var most = new Dictionary<string, Quantity>();
        foreach (var container in pod.InitContainers)
        {
            var now = new Dictionary<string, Quantity>(staying);
            Add(now, container.Resources.Requests);
            staying = container.RestartPolicy == "Always" ? now : staying;
            Raise(most, now);
        }

        return (staying, most);
    }

    private static void Raise(Dictionary<string, Quantity> amounts, Dictionary<string, Quantity> others)
    {
        foreach (var (name, amount) in others)
        {
            if (!amounts.TryGetValue(name, out var had) || amount > had)
            {
                amounts[name] = amount;
            }
        }
    }

    private static void Add(Dictionary<string, Quantity> sum, ValueMap<Quantity> amounts)
    {
        foreach (var (name, amount) in amounts)
        {
            sum[name] = sum.TryGetValue(name, out var had) ? had + amount : amount;
        }
    }
}
