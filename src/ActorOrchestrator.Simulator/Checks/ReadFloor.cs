namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// The newest version that any client had been shown by a given time. Whoever asks later must not be shown a state
/// before it: versions are of the whole cluster, and reads go by what was there when they were asked for.
/// </summary>
internal sealed class ReadFloor
{
    /// <summary>No answer is on its way for longer.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(3);

    private readonly List<(DateTimeOffset At, long Version)> _steps = [];

    public void Raise(DateTimeOffset at, long version)
    {
        if (_steps.Count > 0 && _steps[^1].Version >= version)
        {
            return;
        }

        _steps.Add((at, version));
        var old = _steps.FindIndex(step => step.At + Kept >= at) - 1;
        const int droppedAtOnce = 256;
        if (old >= droppedAtOnce)
        {
            _steps.RemoveRange(0, old);
        }
    }

    /// <summary>What had been shown strictly before a time.</summary>
    public long Before(DateTimeOffset time)
    {
        int low = 0, high = _steps.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _steps[middle].At < time ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? 0 : _steps[low - 1].Version;
    }
}
