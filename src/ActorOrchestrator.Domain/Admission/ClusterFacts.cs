using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Scheduling;
using ActorOrchestrator.Domain.Admission.Quotas;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Priorities;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Admission;

/// <summary>What a new object is judged by, as it was at one moment: immutable, so that a decision can be given it,
/// but for <see cref="Quotas"/>, which counts what is admitted at once. A member folds it from the log; whoever was
/// told that one of these objects exists finds it here.</summary>
public sealed record ClusterFacts
{
    public static readonly ClusterFacts None = new();

    public PriorityClasses Priorities { get; init; } = PriorityClasses.None;

    /// <summary>How long pods that do not say so stay on nodes that are lost.</summary>
    public DefaultTolerations Tolerations { get; init; } = DefaultTolerations.Kubernetes;

    /// <summary>What quotas have left; null where nobody keeps count, and then none is exceeded.</summary>
    public QuotaLedger? Quotas { get; init; }

    private ImmutableDictionary<string, NamespaceFacts> Namespaces { get; init; } =
        ImmutableDictionary.Create<string, NamespaceFacts>(StringComparer.Ordinal);

    public NamespaceFacts In(string @namespace) => Namespaces.GetValueOrDefault(@namespace) ?? NamespaceFacts.None;

    public ClusterFacts Observe(ObjectChange change) => (change.New ?? change.Old) switch
    {
        PriorityClass now when change.New is not null => this with { Priorities = Priorities.With(now) },
        PriorityClass => this with { Priorities = Priorities.Without(change.Key.Name) },
        Namespace => With(change.Key.Name, facts => facts with { Object = (Namespace?)change.New }),
        ServiceAccount => With(change.Key.Namespace, facts => facts with
        {
            Accounts = facts.Accounts.Changed(change.Key.Name, (ServiceAccount?)change.New),
        }),
        LimitRange => With(change.Key.Namespace, facts => facts with
        {
            Ranges = facts.Ranges.Changed(change.Key.Name, (LimitRange?)change.New),
        }),
        _ => this,
    };

    private ClusterFacts With(string @namespace, Func<NamespaceFacts, NamespaceFacts> change)
    {
        var changed = change(In(@namespace));
        return this with
        {
            Namespaces = changed.IsEmpty ? Namespaces.Remove(@namespace) : Namespaces.SetItem(@namespace, changed),
        };
    }
}

/// <summary>What one namespace holds of it.</summary>
public sealed record NamespaceFacts
{
    public static readonly NamespaceFacts None = new();

    /// <summary>Null while it is not known.</summary>
    public Namespace? Object { get; init; }

    public ImmutableSortedDictionary<string, ServiceAccount> Accounts { get; init; } = Named<ServiceAccount>.None;

    public ImmutableSortedDictionary<string, LimitRange> Ranges { get; init; } = Named<LimitRange>.None;

    internal bool IsEmpty => Object is null && Accounts.IsEmpty && Ranges.IsEmpty;

    private static class Named<T>
    {
        public static readonly ImmutableSortedDictionary<string, T> None =
            ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
    }
}

internal static class NamedObjects
{
    public static ImmutableSortedDictionary<string, T> Changed<T>(
        this ImmutableSortedDictionary<string, T> objects, string name, T? now) where T : KubeObject =>
        now is null ? objects.Remove(name) : objects.SetItem(name, now);
}
