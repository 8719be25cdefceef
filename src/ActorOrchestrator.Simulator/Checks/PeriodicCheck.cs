using ActorOrchestrator.Simulator.Journal;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>A check that also looks around every so often, from the first durable change on: what ought to have
/// happened by now is nothing that anyone tells of.</summary>
internal abstract class PeriodicCheck(TimeSpan every) : Check
{
    private bool _isLooking;

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        if (!_isLooking)
        {
            _isLooking = true;
            LookLater();
        }
    }

    protected abstract void Look();

    private void LookLater() => World.Loop.After(every, () =>
    {
        Look();
        LookLater();
    });
}
