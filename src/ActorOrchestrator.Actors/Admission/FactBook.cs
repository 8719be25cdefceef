using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Domain.Admission;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Actors.Admission;

/// <summary>What new objects are judged by, as the folded log has it: whoever was told that such an object exists finds
/// it here.</summary>
internal sealed class FactBook : IViewListener
{
    private volatile ClusterFacts _current = ClusterFacts.None;

    public ClusterFacts Current => _current;

    void IViewListener.OnChange(ObjectChange change) => _current = _current.Observe(change);

    void IViewListener.OnCaughtUp()
    {
    }
}
