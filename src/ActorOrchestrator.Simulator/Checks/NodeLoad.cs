using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What pods ask of a node, by Kubernetes' formula: containers and sidecars together, or an init container with the
/// sidecars before it where that is more; plus the overhead. In thousandths of every resource; each pod also takes one
/// of <c>pods</c>.
/// </summary>
internal sealed class NodeLoad
{
    private const string Pods = "pods";
    private const long Milli = 1_000;

    private readonly SortedDictionary<string, Int128> _asked = new(StringComparer.Ordinal);

    public int PodCount { get; private set; }

    public void Add(PodSpec spec) => Change(spec, 1);

    public void Remove(PodSpec spec) => Change(spec, -1);

    /// <returns>The first resource of which more is asked than there is; null when it all fits.</returns>
    public string? Overcommitted(ValueMap<Quantity> allocatable)
    {
        foreach (var (resource, asked) in _asked)
        {
            var has = allocatable.TryGetValue(resource, out var amount) ? InMilli(amount) : 0;
            if (asked > has)
            {
                return $"{resource}: {Shown(asked)} of {Shown(has)}";
            }
        }

        return null;
    }

    private void Change(PodSpec spec, int sign)
    {
        PodCount += sign;
        foreach (var (resource, amount) in Of(spec))
        {
            _asked[resource] = _asked.GetValueOrDefault(resource) + sign * amount;
        }
    }

    private static SortedDictionary<string, Int128> Of(PodSpec spec)
    {
        var sum = new SortedDictionary<string, Int128>(StringComparer.Ordinal) { [Pods] = Milli };
        var sidecars = new SortedDictionary<string, Int128>(StringComparer.Ordinal);
        var peak = new SortedDictionary<string, Int128>(StringComparer.Ordinal);
        foreach (var init in spec.InitContainers)
        {
            var alone = new SortedDictionary<string, Int128>(sidecars, StringComparer.Ordinal);
            AddTo(init.RestartPolicy == "Always" ? sidecars : alone, init.Resources.Requests);
            foreach (var (resource, amount) in alone)
            {
                peak[resource] = Int128.Max(peak.GetValueOrDefault(resource), amount);
            }
        }

        foreach (var container in spec.Containers)
        {
            AddTo(sidecars, container.Resources.Requests);
        }

        foreach (var resource in sidecars.Keys.Union(peak.Keys, StringComparer.Ordinal))
        {
            sum[resource] = Int128.Max(sidecars.GetValueOrDefault(resource), peak.GetValueOrDefault(resource));
        }

        AddTo(sum, spec.Overhead);
        return sum;
    }

    private static void AddTo(SortedDictionary<string, Int128> sum, ValueMap<Quantity> amounts)
    {
        foreach (var (resource, amount) in amounts)
        {
            sum[resource] = sum.GetValueOrDefault(resource) + InMilli(amount);
        }
    }

    /// <summary>A quantity's thousandths would overflow 64 bits for large disks, so it is taken apart.</summary>
    private static Int128 InMilli(Quantity amount) =>
        amount.Value > long.MaxValue / Milli ? (Int128)amount.Value * Milli : amount.MilliValue;

    private static string Shown(Int128 milli) => milli % Milli == 0 ? $"{milli / Milli}" : $"{milli}m";
}
