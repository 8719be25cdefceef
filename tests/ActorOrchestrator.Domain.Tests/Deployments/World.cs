using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Adoption;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.CronJobs;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Deployments;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Admission;
using ActorOrchestrator.Domain.Priorities;
using ActorOrchestrator.Domain.PersistentVolumeClaims;
using ActorOrchestrator.Domain.ReplicaSets;
using ActorOrchestrator.Domain.StatefulSets;

namespace ActorOrchestrator.Domain.Tests.Deployments;

/// <summary>How unkind a world is.</summary>
public sealed record Unkindness
{
    /// <summary>Of 100 messages between entities, how many are lost, or arrive twice.</summary>
    public int LostPercent { get; init; }

    public int DoubledPercent { get; init; }

    /// <summary>Of 100 resizings of ReplicaSets, how many come once more, at any later time.</summary>
    public int LatePercent { get; init; }

    /// <summary>Of 1,000 steps, how many restart an entity from its journal.</summary>
    public int RestartPermille { get; init; }

    /// <summary>Of 1,000 steps, how many make a running pod unready, or a user delete one.</summary>
    public int PodFailurePermille { get; init; }
}

/// <summary>
/// Deployments, ReplicaSets and pods, the real behaviours, on virtual time. Messages between two entities arrive in
/// order, between different ones in any order; events are committed with the effects that they justify. A stand-in for
/// the scheduler and the agents binds, starts and stops pods.
/// </summary>
public sealed class World(int seed, Unkindness unkindness) : IIdSource
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    private readonly Random _order = new(seed);
    private readonly Random _fate = new(seed + 1);
    private readonly Random _ids = new(seed + 2);
    private readonly SortedDictionary<(string From, string To), Queue<Message>> _links = [];
    private readonly SortedDictionary<(string Entity, string Name), (DateTimeOffset Due, Message Message)> _timers = [];
    private readonly SortedSet<string> _reconciles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entity> _entities = new(StringComparer.Ordinal);

    public DateTimeOffset Now { get; private set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Told of every committed event: the entity, its object before, and the event.</summary>
    public event Action<EntityKey, KubeObject?, DomainEvent>? Committed;

    /// <summary>Reason and message of every recorded Event, in order.</summary>
    public List<string> RecordedEvents { get; } = [];

    public bool IsKind { get; set; }

    /// <summary>The phase that a running pod ends in; null while it goes on.</summary>
    public Func<Pod, string?> EndOf { get; set; } = _ => null;

    /// <summary>Whether the machine of a pod that was told to go stops it.</summary>
    public Func<Pod, bool> Stops { get; set; } = _ => true;

    public PriorityClasses Priorities { get; set; } = PriorityClasses.None;

    public IReadOnlyList<string> Keys => [.. _entities.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Why objects of a resource cannot be created at present, by resource.</summary>
    public Dictionary<string, Status> Refusals { get; } = [];

    /// <summary>Pods of this image never get ready.</summary>
    public static bool IsBroken(Pod pod) => pod.Spec.Containers[0].Image == "broken";

    public IEnumerable<T> All<T>() where T : KubeObject =>
        _entities.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => (entry.Value.State as ObjectState)?.Object).OfType<T>();

    public T? Find<T>(EntityKey key) where T : KubeObject =>
        _entities.TryGetValue(key.ToString(), out var entity) ? ((ObjectState)entity.State).Object as T : null;

    public Reply? Ask(EntityKey key, Message message) => Deliver(key, message);

    /// <summary>The entities that are not at rest.</summary>
    public IEnumerable<string> Restless() => from entry in _entities
                                             where !entry.Value.Behavior.IsAtRest(entry.Value.State)
                                             orderby entry.Key
                                             select entry.Key;

    /// <summary>Runs until nothing is left to happen, without letting time pass.</summary>
    public void RunUntilQuiet()
    {
        const int stepsMax = 20_000;
        for (var i = 0; i < stepsMax; i++)
        {
            if (!Step())
            {
                return;
            }
        }

        throw new InvalidOperationException($"not quiet after {stepsMax} steps");
    }

    /// <summary>Lets so much time pass, with all that happens in it.</summary>
    public void RunFor(TimeSpan time)
    {
        var end = Now + time;
        RunUntilQuiet();
        while (_timers.Where(timer => timer.Value.Due <= end).OrderBy(timer => timer.Value.Due)
               .Select(timer => timer.Key).Take(1).ToList() is [var next])
        {
            Fire(next);
            RunUntilQuiet();
        }

        Now = end;
    }

    /// <summary>One random thing happens; false when nothing is left to happen but waiting for a timer.</summary>
    public bool Step()
    {
        if (!IsKind && _fate.Next(1000) < unkindness.RestartPermille && _entities.Count > 0)
        {
            Restart(_entities.Keys.Order(StringComparer.Ordinal).ElementAt(_fate.Next(_entities.Count)));
            return true;
        }

        if (!IsKind && _fate.Next(1000) < unkindness.PodFailurePermille && FailSomePod())
        {
            return true;
        }

        var choices = _links.Count + _reconciles.Count;
        var machine = _order.Next(choices + 2);
        if (machine >= choices && RunSomePod())
        {
            return true;
        }

        if (choices == 0)
        {
            return false;
        }

        var choice = _order.Next(choices);
        if (choice < _links.Count)
        {
            DeliverFrom(_links.ElementAt(choice).Key);
        }
        else
        {
            var entity = _reconciles.ElementAt(choice - _links.Count);
            _reconciles.Remove(entity);
            Deliver(EntityKey.Parse(entity), Reconcile.Instance);
        }

        return true;
    }

    /// <summary>Lets time pass to the next timer; false if there is none (the rare resync does not count).</summary>
    public bool Wait()
    {
        var next = _timers.Where(timer => timer.Key.Name != Resync.Timer).OrderBy(timer => timer.Value.Due)
            .Select(timer => timer.Key).Take(1).ToList();
        if (next.Count == 0)
        {
            return false;
        }

        Fire(next[0]);
        return true;
    }

    /// <summary>Lets all owners ask all their children.</summary>
    public void ResyncAll()
    {
        foreach (var timer in _timers.Keys.Where(timer => timer.Name == Resync.Timer).ToList())
        {
            Fire(timer);
        }
    }

    /// <summary>As when the whole process dies: nothing under way arrives.</summary>
    public void LoseAllMessages() => _links.Clear();

    public string NewUid() => $"{_ids.Next():x8}-{_ids.Next():x8}";

    public string NewNameSuffix() =>
        string.Concat(Enumerable.Range(0, 5).Select(_ => Letters[_ids.Next(Letters.Length)]));

    /// <summary>Rebuilds an entity from what was journaled: its events, or the short history that a snapshot
    /// keeps.</summary>
    public void Restart(string entityKey)
    {
        var (key, entity) = (EntityKey.Parse(entityKey), _entities[entityKey]);
        var history = _fate.Next(2) == 0 ? entity.Journal : [.. entity.Behavior.History(entity.State)];
        entity.State = history.Aggregate(entity.Behavior.Empty, entity.Behavior.Apply);
        entity.Journal = [.. history];
        _reconciles.Remove(entityKey);
        foreach (var timer in _timers.Keys.Where(timer => timer.Entity == entityKey).ToList())
        {
            _timers.Remove(timer);
        }

        Commit(key, entity, entity.Behavior.OnRecoveryCompleted(key, entity.State, Context(entity)));
    }

    private void Fire((string Entity, string Name) timer)
    {
        var (due, message) = _timers[timer];
        _timers.Remove(timer);
        Now = due > Now ? due : Now;
        Deliver(EntityKey.Parse(timer.Entity), message);
    }

    private void DeliverFrom((string From, string To) link)
    {
        var queue = _links[link];
        var message = queue.Dequeue();
        if (queue.Count == 0)
        {
            _links.Remove(link);
        }

        var luck = IsKind ? 100 : _fate.Next(100);
        if (luck < unkindness.LostPercent)
        {
            return;
        }

        var isLate = message is ResizeReplicaSet && _fate.Next(100) < unkindness.LatePercent;
        if (!IsKind && isLate)
        {
            Send($"late {_fate.Next()}", EntityKey.Parse(link.To), message);
        }

        Deliver(EntityKey.Parse(link.To), message);
        if (luck < unkindness.LostPercent + unkindness.DoubledPercent)
        {
            Deliver(EntityKey.Parse(link.To), message);
        }
    }

    private Reply? Deliver(EntityKey key, Message message)
    {
        var name = key.ToString();
        if (message is Create { Object: var refused } && Refusals.TryGetValue(key.Resource, out var status))
        {
            var owner = ObjectLifecycle.ControllerKey(refused)!.Value;
            Send(name, owner, new ChildRefused(key, refused.Metadata.Uid!, status));
            return null;
        }

        if (message is ProvideVolumeClaim { Creates: true } ask
            && Refusals.TryGetValue(key.Resource, out var refusal) && !_entities.ContainsKey(name))
        {
            Send(name, ask.Set, new VolumeClaimProvided(
                ask.SetUid, key.Name, ask.Keeper, ask.Creates, VolumeClaimOutcome.Refused, refusal));
            return null;
        }

        if (!_entities.TryGetValue(name, out var entity))
        {
            _entities[name] = entity = Entity.Of(key);
        }

        return Commit(key, entity, entity.Behavior.Decide(key, entity.State, message, Context(entity)));
    }

    private DecisionContext Context(Entity entity) => new(
        Now, entity.Version, this, ClusterFacts.None with { Priorities = Priorities });

    private Reply? Commit(EntityKey key, Entity entity, Decision decision)
    {
        foreach (var @event in decision.Events)
        {
            var before = (entity.State as ObjectState)?.Object;
            entity.State = entity.Behavior.Apply(entity.State, @event);
            if (@event.Scope != EventScope.Volatile)
            {
                entity.Journal.Add(@event);
                entity.Version++;
            }

            Committed?.Invoke(key, before, @event);
            if (@event is ObjectReplaced && key.Resource == "daemonsets.apps")
            {
                TellNodes(key);
            }
        }

        var answer = decision.Effects.Aggregate((Reply?)null, (reply, effect) => Release(key, effect) ?? reply);
        HoldRest(key, entity);
        return answer;
    }

    /// <summary>What says that it is at rest has nothing to do.</summary>
    private void HoldRest(EntityKey key, Entity entity)
    {
        if (_reconciles.Contains(key.ToString()) || !entity.Behavior.IsAtRest(entity.State))
        {
            return;
        }

        var todo = entity.Behavior.Decide(key, entity.State, Reconcile.Instance, Context(entity));
        if (todo.Events.Count + todo.Effects.Count > 0)
        {
            throw new InvalidOperationException($"{key} is at rest, and yet: {string.Join(", ", todo.Effects)}");
        }
    }

    private Reply? Release(EntityKey key, Effect effect)
    {
        switch (effect)
        {
            case Effect.Answer answer:
                return answer.Reply;
            case Effect.Tell tell:
                Send(key.ToString(), tell.To, tell.Message);
                return null;
            case Effect.SetTimer timer:
                _timers[(key.ToString(), timer.Name)] = (timer.Due, timer.Message);
                return null;
            case Effect.CancelTimer timer:
                _timers.Remove((key.ToString(), timer.Name));
                return null;
            case Effect.Reconcile:
                _reconciles.Add(key.ToString());
                return null;
            case Effect.RecordEvent recorded:
                RecordedEvents.Add($"{recorded.Reason}: {recorded.Message}");
                return null;
            case Effect.FindNodes:
                TellNodes(key);
                return null;
            case Effect.FindAdoptable find:
                Send("view", key, new AdoptableFound(Orphans(key, find.Selector)));
                return null;
            default:
                throw new InvalidOperationException($"this world does not know the effect {effect}");
        }
    }

    private void TellNodes(EntityKey key)
    {
        if (Find<DaemonSet>(key) is { } set)
        {
            var spec = DaemonPodFromTemplate.Tolerant(set.Spec.Template.Spec);
            Send("nodes", key, new NodesMatched(
                set.Metadata.Uid!, set.Metadata.Generation ?? 1,
                _nodes.Select(node => new MatchedNode(node.Key, NodeFits.Of(spec, node.Value))).ToValueList()));
        }
    }

    private List<KubeObject> Orphans(EntityKey owner, LabelSelector selector) =>
        (from child in AdoptionMatcher.ChildrenOf(owner.Resource)
         from candidate in All<KubeObject>()
         where KindRegistry.Of(candidate).Resource == child && ObjectLifecycle.ControllerOf(candidate) is null
             && selector.Selects(candidate.Metadata.Labels)
         select candidate).ToList();

    private void Send(string from, EntityKey to, Message message)
    {
        var link = (from, to.ToString());
        if (!_links.TryGetValue(link, out var queue))
        {
            _links[link] = queue = [];
        }

        queue.Enqueue(message);
    }

    /// <summary>Scheduler and agents: takes some pod a step further.</summary>
    private bool RunSomePod()
    {
        var pods = All<Pod>().Where(NeedsMachine).ToList();
        if (pods.Count == 0)
        {
            return false;
        }

        var pod = pods[_order.Next(pods.Count)];
        var (key, uid) = (EntityKey.Of(pod), pod.Metadata.Uid!);
        Deliver(key, pod switch
        {
            { Metadata.DeletionTimestamp: not null } => new PodStopped(uid, pod.Status),
            { Spec.NodeName: null } => new BindPod(uid, PodObservation.Of(pod).PinnedNode ?? $"n{_order.Next(3)}"),
            { Status.Phase: "Running" } when EndOf(pod) is { } end =>
                new PodStatusReported(uid, pod.Status with { Phase = end, Conditions = [] }),
            _ => new PodStatusReported(uid, Running(pod, isReady: !IsBroken(pod))),
        });
        return true;
    }

    private bool NeedsMachine(Pod pod) => pod switch
    {
        { Metadata.DeletionTimestamp: not null } => pod.Metadata.DeletionGracePeriodSeconds > 0 && Stops(pod),
        { Spec.NodeName: null } or { Status.Phase: null or "Pending" } => true,
        _ => pod.Status.Phase == "Running" && ((!IsBroken(pod) && !IsReady(pod)) || EndOf(pod) is not null),
    };

    private bool FailSomePod()
    {
        var pods = All<Pod>().Where(pod => IsReady(pod) && PodObservation.Of(pod).IsActive).ToList();
        if (pods.Count == 0)
        {
            return false;
        }

        var pod = pods[_fate.Next(pods.Count)];
        Message misfortune = _fate.Next(3) switch
        {
            0 => Delete.Background,
            1 => new PodStatusReported(pod.Metadata.Uid!, pod.Status with { Phase = "Failed", Conditions = [] }),
            _ => new PodStatusReported(pod.Metadata.Uid!, Running(pod, isReady: false)),
        };
        Deliver(EntityKey.Of(pod), misfortune);
        return true;
    }

    /// <summary>A node comes or changes; its DaemonSets are told.</summary>
    public void SetNode(Node node)
    {
        _nodes[node.Metadata.Name!] = node;
        All<DaemonSet>().Select(EntityKey.Of).ToList().ForEach(TellNodes);
    }

    public void RemoveNode(string name)
    {
        _nodes.Remove(name);
        All<DaemonSet>().Select(EntityKey.Of).ToList().ForEach(TellNodes);
    }

    public static bool IsReady(Pod pod) => PodObservation.Of(pod).IsReady;

    private PodStatus Running(Pod pod, bool isReady) => pod.Status with
    {
        Phase = "Running",
        Conditions = [new PodCondition
        {
            Type = "Ready", Status = isReady ? "True" : "False", LastTransitionTime = ObjectLifecycle.Truncate(Now),
        }],
    };

    private sealed class Entity(IBehavior behavior)
    {
        public IBehavior Behavior { get; } = behavior;
        public object State { get; set; } = behavior.Empty;
        public List<DomainEvent> Journal { get; set; } = [];
        public long Version { get; set; }

        public static Entity Of(EntityKey key) => new(key.Resource switch
        {
            "cronjobs.batch" => new CronJobDecider(),
            "jobs.batch" => new JobDecider(),
            "pods" => new PodDecider(),
            "replicasets.apps" or "replicationcontrollers" => new ReplicaSetDecider(),
            "deployments.apps" => new DeploymentDecider(),
            "daemonsets.apps" => new DaemonSetDecider(),
            "statefulsets.apps" => new StatefulSetDecider(),
            "persistentvolumeclaims" => new PersistentVolumeClaimDecider(),
            "controllerrevisions.apps" => new ControllerRevisionDecider(),
            _ => throw new InvalidOperationException($"this world has no {key.Resource}"),
        });
    }
}
