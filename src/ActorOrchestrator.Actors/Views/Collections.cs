using System.Collections;
using System.Collections.Immutable;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Actors.Views;

/// <summary>The objects of one namespace, by name, without a copy.</summary>
internal sealed class NamesOf(ImmutableSortedDictionary<string, KubeObject> names) : IReadOnlyCollection<KubeObject>
{
    public int Count => names.Count;

    public IEnumerator<KubeObject> GetEnumerator() => names.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The objects of all namespaces, by namespace and name, without a copy.</summary>
internal sealed class AllNamesOf(
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, KubeObject>> namespaces)
    : IReadOnlyCollection<KubeObject>
{
    public int Count { get; } = namespaces.Values.Sum(names => names.Count);

    public IEnumerator<KubeObject> GetEnumerator()
    {
        foreach (var names in namespaces.Values)
        {
            foreach (var value in names.Values)
            {
                yield return value;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
