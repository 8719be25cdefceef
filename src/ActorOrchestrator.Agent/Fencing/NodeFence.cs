namespace ActorOrchestrator.Agent.Fencing;

/// <summary>
/// The lease of a machine, on which its fenced pods run (decision 24). Each question is by the machine's clock; each
/// answer is worth as much as the question was when it was sent.
/// <code>
///   Guard(pod) ──► runs while the lease is held ──term without an answer──► ended for good, whatever is heard then
///   renewed in time: goes on          renewed too late, or declared to have ended meanwhile: ended for good
/// </code>
/// Asked on the threads of the agent and of its workers.
/// </summary>
public sealed class NodeFence
{
    /// <summary>Answers may be missed: so many questions are asked in a term.</summary>
    private const int QuestionsATerm = 6;

    private readonly IFenceStore _store;
    private readonly Lock _lock = new();
    private FenceRecord _record;

    /// <param name="store">Where what was known before is.</param>
    /// <param name="term">How long a lease lasts.</param>
    public NodeFence(IFenceStore store, TimeSpan term)
    {
        (_store, Term) = (store, term);
        var kept = store.Read() ?? new FenceRecord(store.Boot, null, term, null, [], []);

        // Nothing runs of what ran before the machine was started anew. The cluster says whether it has given it up.
        _record = kept.Boot == store.Boot
            ? kept
            : new FenceRecord(store.Boot, null, term, kept.Declared, [], kept.Ended);
        if (_record.Term > term)
        {
            // Before the cluster hears of a shorter one, and waits for no longer.
            Keep(_record with { Term = term });
        }
    }

    public TimeSpan Term { get; }

    public TimeSpan AskEvery => Term / QuestionsATerm;

    /// <summary>By the machine's clock.</summary>
    public TimeSpan Now => _store.Now;

    public bool IsHeld
    {
        get
        {
            lock (_lock)
            {
                return _record.IsHeld(_store.Boot, _store.Now);
            }
        }
    }

    /// <summary>How long the lease lasts yet.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_lock)
            {
                return _record.RenewedAt + _record.Term - _store.Now is { } left && left > TimeSpan.Zero
                    ? left
                    : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Whether something is known of the pod.</summary>
    public bool Knows(string uid)
    {
        lock (_lock)
        {
            return _record.Pods.Contains(uid) || _record.Ended.Contains(uid);
        }
    }

    /// <summary>Whether the pod must not run: a lease that it ran on is over.</summary>
    public bool Forbids(string uid)
    {
        lock (_lock)
        {
            return _record.Forbidden(_store.Boot, _store.Now).Contains(uid);
        }
    }

    /// <summary>The pod runs on the lease from now on.</summary>
    /// <returns>False while there is none, or it cannot be kept that it does.</returns>
    public bool Guard(string uid)
    {
        lock (_lock)
        {
            if (!_record.IsHeld(_store.Boot, _store.Now))
            {
                return false;
            }

            return _record.Pods.Contains(uid) || TryKeep(_record with { Pods = _record.Pods.Add(uid) });
        }
    }

    /// <summary>The pod must not run any more, or begin.</summary>
    public void End(string uid)
    {
        lock (_lock)
        {
            if (!_record.Ended.Contains(uid))
            {
                Note(_record with
                {
                    Pods = [.. _record.Pods.Where(pod => pod != uid)], Ended = _record.Ended.Add(uid),
                });
            }
        }
    }

    /// <summary>Nothing of the pod is left to run.</summary>
    public void Forget(string uid)
    {
        lock (_lock)
        {
            if (Knows(uid))
            {
                Note(_record with
                {
                    Pods = [.. _record.Pods.Where(pod => pod != uid)],
                    Ended = [.. _record.Ended.Where(pod => pod != uid)],
                });
            }
        }
    }

    /// <summary>Of other pods nothing is left.</summary>
    public void ForgetAllBut(IReadOnlyCollection<string> uids)
    {
        lock (_lock)
        {
            foreach (var gone in _record.Pods.Concat(_record.Ended).Where(uid => !uids.Contains(uid)).ToList())
            {
                Forget(gone);
            }
        }
    }

    /// <summary>The cluster has answered.</summary>
    /// <param name="askedAt">When the question was sent.</param>
    /// <param name="declared">How often it has declared that the machine's pods had ended.</param>
    /// <returns>False: all fenced pods that were here before the question are to end, since a lease was over
    /// meanwhile.</returns>
    /// <exception cref="IOException">It cannot be kept, and so is not renewed.</exception>
    public bool Renew(TimeSpan askedAt, long declared)
    {
        lock (_lock)
        {
            var isMissed = _record.Declared is { } known ? known != declared : declared > 0;
            var hasHeld = !isMissed && (_record.Pods.Count == 0 || _record.IsHeld(_store.Boot, _store.Now));
            var renewed = _record with { RenewedAt = askedAt, Term = Term, Declared = declared };
            Keep(hasHeld
                ? renewed
                : renewed with { Pods = [], Ended = [.. _record.Ended.Concat(_record.Pods).Distinct()] });
            return hasHeld;
        }
    }

    /// <summary>While no fenced pod is here it does not matter how often others were.</summary>
    public void Learn(long declared)
    {
        lock (_lock)
        {
            if (_record is { Pods.Count: 0, Ended.Count: 0 } && _record.Declared != declared)
            {
                Note(_record with { Declared = declared });
            }
        }
    }

    private bool TryKeep(FenceRecord record)
    {
        try
        {
            Keep(record);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What ends pods, or is of no danger to them, counts here even where it cannot be kept.</summary>
    private void Note(FenceRecord record)
    {
        _record = record;
        TryKeep(record);
    }

    private void Keep(FenceRecord record)
    {
        _store.Write(record);
        _record = record;
    }
}
