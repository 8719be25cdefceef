using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>Kubernetes' warnings about pods, in its words, and what this cluster does not honour.</summary>
internal static class PodWarnings
{
    private static readonly string[] CountedInBytes = ["memory", "ephemeral-storage"];

    public static void Add(List<string> warnings, FieldPath path, PodSpec spec)
    {
        for (var i = 0; i < spec.InitContainers.Count; i++)
        {
            Add(warnings, path.Child("initContainers").Index(i), spec.InitContainers[i]);
        }

        for (var i = 0; i < spec.Containers.Count; i++)
        {
            Add(warnings, path.Child("containers").Index(i), spec.Containers[i]);
        }

        warnings.AddRange(IgnoredFields.Of(path, spec));
        if (spec.TerminationGracePeriodSeconds < 0)
        {
            warnings.Add($"{path.Child("terminationGracePeriodSeconds")}: must be >= 0; negative values are invalid "
                + "and will be treated as 1");
        }
    }

    private static void Add(List<string> warnings, FieldPath path, Container container)
    {
        AddFractions(warnings, path.Child("resources").Child("limits"), container.Resources.Limits);
        AddFractions(warnings, path.Child("resources").Child("requests"), container.Resources.Requests);
        AddHidden(warnings, path.Child("env"), container.Env);
        AddDuplicates(warnings, path.Child("ports"), container.Ports);
    }

    private static void AddFractions(List<string> warnings, FieldPath path, ValueMap<Quantity> amounts)
    {
        foreach (var name in CountedInBytes)
        {
            if (amounts.TryGetValue(name, out var amount) && amount.MilliValue % 1000 != 0)
            {
                warnings.Add(
                    $"{path.Key(name)}: fractional byte value \"{amount}\" is invalid, must be an integer");
            }
        }
    }

    /// <summary>A second variable of a name that does not build on the first one: a client that merges lists by name
    /// keeps one of the two.</summary>
    private static void AddHidden(List<string> warnings, FieldPath path, ValueList<EnvVar> variables)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < variables.Count; i++)
        {
            var (name, value) = (variables[i].Name, variables[i].Value ?? "");
            var reference = $"$({name})";
            var extends = variables[i].ValueFrom is null && value != reference
                && value.Contains(reference, StringComparison.Ordinal);
            if (!seen.Add(name) && !extends)
            {
                warnings.Add($"{path.Index(i)}: hides previous definition of \"{name}\", which may be dropped when "
                    + "using apply");
            }
        }
    }

    private static void AddDuplicates(List<string> warnings, FieldPath path, ValueList<ContainerPort> ports)
    {
        var first = new Dictionary<(int, int, string?, string?), int>();
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i];
            var key = (port.Port, port.HostPort, port.HostIP, port.Protocol);
            if (!first.TryAdd(key, i))
            {
                warnings.Add($"{path.Index(i)}: duplicate port definition with {path.Index(first[key])}");
            }
        }
    }
}
