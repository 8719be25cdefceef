using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Admission;
using ActorOrchestrator.Domain.Admission.Quotas;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Actors.Admission;

/// <summary>What new objects are judged by, as the folded log has it: whoever was told that such an object exists finds
/// it here.</summary>
internal sealed class FactBook : IViewListener
{
    private static readonly IReadOnlyList<ResourceKind> Namespaced =
        [.. KindRegistry.All.Where(kind => kind is { IsStored: true, Namespaced: true })];

    private readonly QuotaLedger _quotas;
    private volatile ClusterFacts _current;

    public FactBook(IClusterView view, DefaultTolerations tolerations)
    {
        _quotas = new QuotaLedger(name => Namespaced.SelectMany(kind => view.List(kind, name).Objects));
        _current = ClusterFacts.None with { Quotas = _quotas, Tolerations = tolerations };
    }

    public ClusterFacts Current => _current;

    void IViewListener.OnChange(ObjectChange change)
    {
        _quotas.Observe(change);
        _current = _current.Observe(change);
    }

    void IViewListener.OnCaughtUp()
    {
    }
}
