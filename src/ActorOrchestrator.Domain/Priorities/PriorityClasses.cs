using System.Collections.Immutable;
using ActorOrchestrator.Api.Scheduling;

namespace ActorOrchestrator.Domain.Priorities;

/// <summary>The PriorityClasses (scheduling.k8s.io/v1) of a moment: immutable, so that a decision can be given
/// them.</summary>
public sealed class PriorityClasses
{
    public static readonly PriorityClasses None = new(
        ImmutableSortedDictionary.Create<string, PriorityClass>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, PriorityClass> _byName;

    private PriorityClasses(ImmutableSortedDictionary<string, PriorityClass> byName)
    {
        _byName = byName;
        Default = byName.Values.Where(each => each.GlobalDefault).MinBy(each => each.Value);
    }

    /// <summary>The class of pods that name none. Where several are marked (two were created at the same time), it is
    /// the lowest, as in Kubernetes.</summary>
    public PriorityClass? Default { get; }

    public PriorityClass? Find(string name) => _byName.GetValueOrDefault(name);

    public PriorityClasses With(PriorityClass value) => new(_byName.SetItem(value.Metadata.Name!, value));

    public PriorityClasses Without(string name) => new(_byName.Remove(name));
}
