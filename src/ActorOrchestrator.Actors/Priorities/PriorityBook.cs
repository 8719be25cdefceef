using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api.Scheduling;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Priorities;

namespace ActorOrchestrator.Actors.Priorities;

/// <summary>The PriorityClasses as the folded log has them, for decisions: whoever was told that a class exists finds
/// it here.</summary>
internal sealed class PriorityBook : IViewListener
{
    private volatile PriorityClasses _current = PriorityClasses.None;

    public PriorityClasses Current => _current;

    void IViewListener.OnChange(ObjectChange change)
    {
        if (change.New is PriorityClass now)
        {
            _current = _current.With(now);
        }
        else if (change.Old is PriorityClass)
        {
            _current = _current.Without(change.Key.Name);
        }
    }

    void IViewListener.OnCaughtUp()
    {
    }
}
