namespace ActorOrchestrator.Api.Core;

/// <summary>What the containers of a pod ask for together. Containers run at the same time, and so do init containers
/// that stay; other init containers run one after the other, before.</summary>
internal static class ContainerAmounts
{
    public static IReadOnlyDictionary<string, Quantity> Requests(PodSpec pod) =>
        Sum(pod, resources => resources.Requests);

    public static IReadOnlyDictionary<string, Quantity> Limits(PodSpec pod) => Sum(pod, resources => resources.Limits);

    private static Dictionary<string, Quantity> Sum(PodSpec pod, Func<ResourceRequirements, ValueMap<Quantity>> part)
    {
        var (staying, most) = OfInitContainers(pod, part);
        foreach (var container in pod.Containers)
        {
            Add(staying, part(container.Resources));
        }

        Raise(staying, most);
        return staying;
    }

    private static (Dictionary<string, Quantity> Staying, Dictionary<string, Quantity> Most) OfInitContainers(
        PodSpec pod, Func<ResourceRequirements, ValueMap<Quantity>> part)
    {
        var staying = new Dictionary<string, Quantity>();
        var most = new Dictionary<string, Quantity>();
        foreach (var container in pod.InitContainers)
        {
            var now = new Dictionary<string, Quantity>(staying);
            Add(now, part(container.Resources));
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
