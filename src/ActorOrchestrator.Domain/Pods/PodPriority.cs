using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Priorities;

namespace ActorOrchestrator.Domain.Pods;

/// <summary>Kubernetes' admission plugin Priority: a new pod's <c>spec.priority</c> and <c>spec.preemptionPolicy</c>
/// are those of its PriorityClass, or else of the default one, or else 0; they may be given only if they say the same.
/// They stay with the pod whatever becomes of the class.</summary>
public static class PodPriority
{
    /// <summary>The priority of pods where no class is the default
    /// (scheduling DefaultPriorityWhenNoDefaultClassExists).</summary>
    private const int NoClassValue = 0;

    private const string NoClassPolicy = "PreemptLowerPriority";

    /// <summary>Why Kubernetes would not admit the pod; null when it would.</summary>
    public static string? Refusal(PodSpec spec, PriorityClasses classes)
    {
        if (!string.IsNullOrEmpty(spec.PriorityClassName) && classes.Find(spec.PriorityClassName) is null)
        {
            return $"no PriorityClass with name {spec.PriorityClassName} was found";
        }

        var computed = Apply(spec, classes);
        if (spec.Priority is { } priority && priority != computed.Priority)
        {
            return $"the integer value of priority ({priority}) must not be provided in pod spec; priority admission "
                + $"controller computed {computed.Priority} from the given PriorityClass name";
        }

        var policy = spec.PreemptionPolicy;
        return !string.IsNullOrEmpty(policy) && policy != computed.PreemptionPolicy
            ? $"the string value of PreemptionPolicy ({policy}) must not be provided in pod spec; priority admission "
                + $"controller computed {computed.PreemptionPolicy} from the given PriorityClass name"
            : null;
    }

    /// <summary>The spec with class, priority and policy filled in, for a pod that <see cref="Refusal"/> lets
    /// pass.</summary>
    public static PodSpec Apply(PodSpec spec, PriorityClasses classes)
    {
        var known = string.IsNullOrEmpty(spec.PriorityClassName)
            ? classes.Default
            : classes.Find(spec.PriorityClassName);
        return spec with
        {
            PriorityClassName = known?.Metadata.Name ?? spec.PriorityClassName,
            Priority = known?.Value ?? NoClassValue,
            PreemptionPolicy = known?.PreemptionPolicy ?? NoClassPolicy,
        };
    }
}
