using ActorOrchestrator.Domain.ControllerRevisions;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>
/// The next step of a StatefulSet, in this order: every number has its pod, then surplus pods go, then old ones are
/// replaced. With OrderedReady each pod waits for the one before it:
/// <code>
///   3 replicas:  -     -     -          create 0        (+ available, - not, > told to go, a and b revisions)
///                a-    -     -          wait for 0
///                a+    -     -          create 1
///   scale to 1:  a+    a+    a+         delete 2
///                a+    a+    a>         wait for 2
///                a+    a+               delete 1
///   template b:  a+    a+    a+         delete 2
///                a+    a+    (gone)     create 2, of b
///                a+    a+    b-         wait for 2
///                a+    a+    b+         delete 1
///   partition 2: a+    a+    b+         nothing; if 1 is lost, it is made of a again
/// </code>
/// With Parallel all that is missing is made, and all surplus goes, at once; an update still leaves all but
/// maxUnavailable pods available.
/// <para>
/// Kubernetes waits for a pod that does not come up also when its revision has been replaced since, until somebody
/// deletes it by hand ("forced rollback"). Here it goes by itself:
/// </para>
/// <code>
///   template c:  a+    a+    b-         delete 2 (it is of b, and broken), then create it of c
///   template b:  a-    a+    a+         delete 0, the only one that serves nobody
/// </code>
/// Nothing that serves is lost by that. A pod that only starts is given a minute, for to interrupt a start may cost
/// more than to interrupt service; one that has no container running, or whose containers end again and again, is not.
/// </summary>
public static class StatefulPlanner
{
    /// <summary>How long a pod that runs and does not get ready may be about to.</summary>
    public static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    /// <summary>Pods made in one step, at most; more follow as these report.</summary>
    private const int CreatesMax = 250;

    public static StatefulPlan Next(StatefulInput input, DateTimeOffset now) => new Planning(input, now).Next();

    private sealed class Planning(StatefulInput input, DateTimeOffset now)
    {
        private readonly List<int> _creates = [];
        private readonly List<LeavingPod> _deletes = [];
        private StatefulWait? _waitingOn;
        private DateTimeOffset? _againAt;

        public StatefulPlan Next()
        {
            if (Cover() && Shrink())
            {
                Update();
            }

            return new StatefulPlan(_creates, _deletes, _waitingOn, _againAt);
        }

        /// <summary>False when the next steps have to wait.</summary>
        private bool Cover()
        {
            foreach (var ordinal in input.Range)
            {
                if (!IsServed(ordinal) && (input.IsOrdered || _creates.Count == CreatesMax))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>Whether the number has an available pod; if not, what is done about it.</summary>
        private bool IsServed(int ordinal)
        {
            if (!input.Pods.TryGetValue(ordinal, out var pod))
            {
                _creates.Add(ordinal);
                return false;
            }

            switch (pod)
            {
                case var available when available.IsAvailable(now):
                    return true;
                case { IsLeaving: true }:
                    Wait(StatefulWait.Terminating(pod));
                    break;
                case { End: not PodEnd.None }:
                    ReplaceEnded(pod);
                    break;
                case { IsConfirmed: false } or { IsKnown: false }:
                    break;
                case { IsReady: true }:
                    Wait(StatefulWait.NotAvailable(pod, input.MinReadySeconds));
                    break;
                default:
                    ReplaceBroken(ordinal, pod);
                    break;
            }

            return false;
        }

        private void ReplaceEnded(RevisionedPod pod)
        {
            if (input.Failures.TryGetValue(pod.Name, out var failures) && failures.NextAt > now)
            {
                Wait(StatefulWait.Failing(pod));
                LookAgain(failures.NextAt);
            }
            else
            {
                _deletes.Add(new LeavingPod(pod, LeaveReason.Ended));
            }
        }

        private void ReplaceBroken(int ordinal, RevisionedPod pod)
        {
            var isMeant = !input.Rolls || pod.Revision == input.RevisionOf(ordinal);
            var patienceEnds = pod.IsStarting ? pod.ReadySince?.Later(StartPatience) : null;
            if (!isMeant && !(patienceEnds > now))
            {
                _deletes.Add(new LeavingPod(pod, LeaveReason.Broken));
                return;
            }

            Wait(StatefulWait.NotReady(pod, input.IsOrdered));
            if (!isMeant)
            {
                LookAgain(patienceEnds);
            }
        }

        private bool Shrink()
        {
            foreach (var (ordinal, pod) in input.Pods.Where(entry => !input.IsInRange(entry.Key))
                .OrderByDescending(entry => entry.Key))
            {
                if (pod.IsLeaving)
                {
                    Wait(StatefulWait.Terminating(pod));
                }
                else if (!input.Unkept.Contains(ordinal))
                {
                    _deletes.Add(new LeavingPod(pod, LeaveReason.Surplus));
                }

                if (input.IsOrdered)
                {
                    return false;
                }
            }

            return true;
        }

        private void Update()
        {
            var outdated = input.Pods.Where(entry => input.IsInRange(entry.Key) && entry.Value.IsRunning
                && entry.Value.Revision != input.Update).OrderByDescending(entry => entry.Key).ToList();
            if (!input.Rolls)
            {
                if (outdated.Count > 0)
                {
                    Wait(StatefulWait.OnDelete(outdated.Count));
                }

                return;
            }

            var unavailable = input.Range.Count(ordinal =>
                !input.Pods.TryGetValue(ordinal, out var pod) || !pod.IsAvailable(now));
            var room = Math.Max(0, input.MaxUnavailable - unavailable);
            _deletes.AddRange(outdated
                .Where(entry => entry.Key - input.Start >= input.Partition && entry.Value.IsAvailable(now))
                .Take(room).Select(entry => new LeavingPod(entry.Value, LeaveReason.Outdated)));
        }

        /// <summary>The first thing that is waited for is told.</summary>
        private void Wait(StatefulWait wait) => _waitingOn ??= wait;

        private void LookAgain(DateTimeOffset? at) => _againAt = _againAt is null || at < _againAt ? at : _againAt;
    }
}
