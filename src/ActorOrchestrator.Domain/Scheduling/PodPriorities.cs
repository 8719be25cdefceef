using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Scheduling;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>What a pod's priority is: <c>spec.priority</c> where given, else the value of its PriorityClass, else that
/// of the class marked globalDefault, else 0. The two system classes always exist.</summary>
internal sealed class PodPriorities
{
    private readonly SortedDictionary<string, PriorityClass> _classes = new(StringComparer.Ordinal);

    public void Set(string name, PriorityClass? value)
    {
        if (value is null)
            _classes.Remove(name);
        else
            _classes[name] = value;
    }

    public int Of(PodSpec spec) => spec.Priority ?? spec.PriorityClassName switch
    {
        null or "" => Default(),
        "system-cluster-critical" => 2_000_000_000,
        "system-node-critical" => 2_000_001_000,
        var name => _classes.TryGetValue(name, out var known) ? known.Value : 0,
    };

    private int Default()
    {
        foreach (var known in _classes.Values)
        {
            if (known.GlobalDefault == true)
                return known.Value;
        }

        return 0;
    }
}
