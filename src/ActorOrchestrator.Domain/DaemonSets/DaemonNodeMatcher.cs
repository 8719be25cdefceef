using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>
/// Tells every DaemonSet which nodes are fit for its pods: when a node comes, goes, or changes in what counts (labels,
/// taints), when the DaemonSet changes, and when it asks. What to do about it is the DaemonSet's decision.
/// </summary>
public sealed class DaemonNodeMatcher : IAnsweringProjection
{
    /// <summary>A message may be lost: what is news is told again once after so long, and, longer and longer after, as
    /// long as the DaemonSet shows another number of nodes.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan TellAgainMax = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<EntityKey, Matching> _sets = new(KeyOrder.Instance);
    private bool _started;

    public string Name => "daemon-node-matcher";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Node:
                OnNode(change.Key.Name, change.Old as Node, change.New as Node);
                break;
            case DaemonSet:
                OnSet(change.Key, change.New as DaemonSet, context.Now);
                break;
        }
    }

    public void Started(ProjectionContext context) => _started = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_started)
        {
            return;
        }

        foreach (var (key, matching) in _sets)
        {
            if (matching.IsNews)
            {
                matching.Told(context.Now + TellAgain);
                context.Tell(key, matching.Message());
            }
            else if (matching.AgainAt <= context.Now)
            {
                matching.ToldAgain(context.Now, TellAgain, TellAgainMax);
                context.Tell(key, matching.Message());
            }

            if (matching.AgainAt is { } due)
            {
                context.WakeAt(due);
            }
        }
    }

    /// <summary>A DaemonSet that is not known yet will be told when it is.</summary>
    public void Answer(EntityKey asker, Effect question, ProjectionContext context)
    {
        if (_sets.TryGetValue(asker, out var matching))
        {
            context.Tell(asker, matching.Message());
        }
    }

    private void OnNode(string name, Node? old, Node? now)
    {
        if (now is null)
        {
            _nodes.Remove(name);
        }
        else
        {
            _nodes[name] = now;
        }

        var isSame = old is not null && now is not null && old.Spec.Taints == now.Spec.Taints
            && old.Metadata.Labels.Equals(now.Metadata.Labels);
        if (isSame)
        {
            return;
        }

        foreach (var matching in _sets.Values)
        {
            matching.Judge(name, now);
        }
    }

    private void OnSet(EntityKey key, DaemonSet? now, DateTimeOffset at)
    {
        if (now is not { Metadata.DeletionTimestamp: null })
        {
            _sets.Remove(key);
        }
        else if (_sets.TryGetValue(key, out var known) && known.IsOf(now))
        {
            known.Observe(now.Status, at + TellAgain);
        }
        else
        {
            _sets[key] = new Matching(now, _nodes.Values);
        }
    }

    /// <summary>A DaemonSet and the nodes as its template judges them.</summary>
    private sealed class Matching
    {
        private readonly string _uid;
        private readonly long _generation;
        private readonly PodSpec _spec;
        private readonly SortedDictionary<string, NodeFit> _fits = new(StringComparer.Ordinal);
        private int _shown;
        private int _repeats;

        public Matching(DaemonSet set, IEnumerable<Node> nodes)
        {
            (_uid, _generation) = (set.Metadata.Uid!, set.Metadata.Generation ?? 1);
            _spec = DaemonPodFromTemplate.Tolerant(set.Spec.Template.Spec);
            _shown = set.Status.DesiredNumberScheduled;
            foreach (var node in nodes)
            {
                _fits[node.Metadata.Name!] = NodeFits.Of(_spec, node);
            }
        }

        /// <summary>Something changed since it was told.</summary>
        public bool IsNews { get; private set; } = true;

        /// <summary>When it is told again, whatever happens; null: not before something changes.</summary>
        public DateTimeOffset? AgainAt { get; private set; }

        private bool IsShown => _shown == _fits.Values.Count(fit => fit == NodeFit.Fit);

        public bool IsOf(DaemonSet set) =>
            set.Metadata.Uid == _uid && (set.Metadata.Generation ?? 1) == _generation;

        public NodesMatched Message() => new(
            _uid, _generation, _fits.Select(entry => new MatchedNode(entry.Key, entry.Value)).ToValueList());

        public void Judge(string name, Node? node)
        {
            if (node is null)
            {
                IsNews |= _fits.Remove(name);
                return;
            }

            var fit = NodeFits.Of(_spec, node);
            IsNews |= !_fits.TryGetValue(name, out var before) || before != fit;
            _fits[name] = fit;
        }

        public void Observe(DaemonSetStatus status, DateTimeOffset again)
        {
            _shown = status.DesiredNumberScheduled;
            if (!IsShown)
            {
                AgainAt ??= again;
            }
        }

        public void Told(DateTimeOffset again) => (IsNews, AgainAt, _repeats) = (false, again, 0);

        public void ToldAgain(DateTimeOffset now, TimeSpan pause, TimeSpan max)
        {
            _repeats++;
            AgainAt = IsShown ? null : now + BackOff.Pause(pause, max, _repeats);
        }
    }
}
