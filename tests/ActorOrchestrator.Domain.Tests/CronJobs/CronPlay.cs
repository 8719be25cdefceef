using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Admission;
using ActorOrchestrator.Domain.CronJobs;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Tests.CronJobs;

/// <summary>
/// One CronJob, the real behaviour, with Jobs that end by themselves, on virtual time. Messages are lost and doubled;
/// the CronJob's actor dies at random: before its row is durable, behind that and before anything was told, or between
/// two messages; it starts again at once, by its journal or by the short history of a snapshot.
/// </summary>
internal sealed class CronPlay : IIdSource
{
    private readonly Random _fate;
    private readonly CronJobDecider _behavior = new();
    private readonly DocumentBehavior _jobBehavior = new();
    private readonly Dictionary<EntityKey, ObjectState> _jobs = [];
    private readonly Queue<(EntityKey To, Message Message)> _underWay = [];
    private readonly Dictionary<string, (DateTimeOffset Due, Message Message)> _timers = [];
    private readonly PriorityQueue<EntityKey, DateTimeOffset> _ends = new();
    private CronJobState _state = CronJobState.Absent;
    private List<DomainEvent> _journal = [];
    private bool _reconciles;
    private int _ids;

    public CronPlay(int seed, CronJob cronJob, DateTimeOffset start)
    {
        _fate = new Random(seed);
        Now = start;
        Decide(new Create(cronJob));
    }

    public DateTimeOffset Now { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>How often a Job was made for a time.</summary>
    public SortedDictionary<DateTimeOffset, int> Runs { get; } = [];

    public CronJobState State => _state;

    public int Jobs => _jobs.Values.Count(job => job.Object is not null);

    public void RunUntil(DateTimeOffset end)
    {
        while (true)
        {
            Settle();
            var next = _timers.Count == 0 ? DateTimeOffset.MaxValue : _timers.Values.Min(timer => timer.Due);
            var isEnd = _ends.TryPeek(out var job, out var ended) && ended <= next;
            if ((isEnd ? ended : next) > end)
            {
                return;
            }

            Now = isEnd ? ended : next > Now ? next : Now;
            if (isEnd)
            {
                _ends.Dequeue();
                End(job);
            }
            else
            {
                var name = _timers.First(timer => timer.Value.Due == next).Key;
                _timers.Remove(name, out var timer);
                Decide(timer.Message);
            }
        }
    }

    public string NewUid() => $"{++_ids:x12}";

    public string NewNameSuffix() => "none";

    private void Settle()
    {
        while (true)
        {
            if (_underWay.TryDequeue(out var next))
            {
                var luck = _fate.Next(100);
                for (var times = luck < 5 ? 0 : luck < 10 ? 2 : 1; times > 0; times--)
                {
                    Deliver(next.To, next.Message);
                }
            }
            else if (_reconciles)
            {
                _reconciles = false;
                Decide(Reconcile.Instance);
            }
            else
            {
                return;
            }
        }
    }

    private void Deliver(EntityKey to, Message message)
    {
        if (to == CronJobBuilder.Key)
        {
            Decide(message);
            return;
        }

        var state = _jobs.GetValueOrDefault(to, ObjectState.Absent);
        Take(to, state, _jobBehavior.Decide(to, state, message, Context));
    }

    private void Take(EntityKey key, ObjectState state, Decision decision)
    {
        foreach (var @event in decision.Events)
        {
            state = _jobBehavior.Apply(state, @event);
            if (@event is ObjectCreated { Object: Job job })
            {
                var time = DateTimeOffset.Parse(
                    job.Metadata.Annotations[ScheduledJobClaim.TimeAnnotation],
                    System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
                Runs[time] = Runs.GetValueOrDefault(time) + 1;
                _ends.Enqueue(key, Now.AddSeconds(_fate.Next(1, 200)));
            }
        }

        _jobs[key] = state;
        foreach (var tell in decision.Effects.OfType<Effect.Tell>())
        {
            _underWay.Enqueue((tell.To, tell.Message));
        }
    }

    private void End(EntityKey key)
    {
        if (_jobs[key] is not { Object: Job job } state)
        {
            return;
        }

        var condition = _fate.Next(10) == 0 ? JobConditions.Failed : JobConditions.Complete;
        var status = job.Status.With(condition, holds: true, "Ended", "It has ended", Now) with
        {
            CompletionTime = condition == JobConditions.Complete ? Now : null,
        };
        var ended = job with { Status = status };
        var decision = new Decision().Emit(new StatusChanged(status));
        Take(key, state, ObjectLifecycle.ReportToController(key, ended, decision));
    }

    private void Decide(Message message)
    {
        var decision = _behavior.Decide(CronJobBuilder.Key, _state, message, Context);
        var crash = _fate.Next(1000);
        if (crash < 5 && message is not Create)
        {
            Restart();
            return;
        }

        Commit(decision);
        if (crash < 10)
        {
            Restart();
        }
        else
        {
            Release(decision);
        }
    }

    private void Commit(Decision decision)
    {
        foreach (var @event in decision.Events)
        {
            _state = _behavior.Apply(_state, @event);
            if (@event.Scope != EventScope.Volatile)
            {
                _journal.Add(@event);
            }
        }
    }

    private void Release(Decision decision)
    {
        foreach (var effect in decision.Effects)
        {
            switch (effect)
            {
                case Effect.Tell tell:
                    _underWay.Enqueue((tell.To, tell.Message));
                    break;
                case Effect.SetTimer { Name: Resync.Timer } timer:
                    // Over two years a rarer one is enough.
                    _timers[timer.Name] = (timer.Due.AddDays(1), timer.Message);
                    break;
                case Effect.SetTimer timer:
                    _timers[timer.Name] = (timer.Due, timer.Message);
                    break;
                case Effect.Reconcile:
                    _reconciles = true;
                    break;
                case Effect.FindAdoptable:
                    _underWay.Enqueue((CronJobBuilder.Key, new AdoptableFound([])));
                    break;
            }
        }
    }

    private void Restart()
    {
        Restarts++;
        _journal = _fate.Next(2) == 0 ? _journal : [.. _behavior.History(_state)];
        _state = _journal.Aggregate(CronJobState.Absent, _behavior.Apply);
        _timers.Clear();
        _reconciles = false;
        var decision = _behavior.OnRecoveryCompleted(CronJobBuilder.Key, _state, Context);
        Commit(decision);
        Release(decision);
    }

    private DecisionContext Context => new(Now, null, this, ClusterFacts.None);
}
