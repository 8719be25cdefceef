using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Namespaces;

/// <summary>Empties terminating namespaces: deletes every object in them, tells the namespace what is left, and when
/// nothing is, that it may go.</summary>
public sealed class NamespaceFinalizer : IProjection
{
    /// <summary>How often a namespace that is not empty yet is gone over again: a lost deletion is told again, and the
    /// conditions follow. Emptiness itself is noticed at once.</summary>
    private static readonly TimeSpan SweepAgain = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Dictionary<EntityKey, ObjectMeta>> _content = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Sweep> _terminating = new(StringComparer.Ordinal);
    private bool _started;

    public string Name => "namespace-finalizer";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        if (change.Key.Namespace.Length > 0)
        {
            OnContent(change.Key, change.New?.Metadata);
        }
        else if ((change.New ?? change.Old) is Namespace)
        {
            OnNamespace(change.Key.Name, change.New as Namespace, context.Now);
        }
    }

    public void Started(ProjectionContext context) => _started = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_started)
        {
            return;
        }

        foreach (var (ns, sweep) in _terminating)
        {
            var isNewlyEmpty = !_content.ContainsKey(ns) && !sweep.IsToldEmpty;
            if (sweep.Due <= context.Now || isNewlyEmpty)
            {
                Empty(ns, sweep, context);
            }
            else
            {
                DeleteNewcomers(sweep, context);
            }

            context.WakeAt(sweep.Due);
        }
    }

    private void OnContent(EntityKey key, ObjectMeta? metadata)
    {
        if (metadata is null)
        {
            if (_content.TryGetValue(key.Namespace, out var left) && left.Remove(key) && left.Count == 0)
            {
                _content.Remove(key.Namespace);
            }

            return;
        }

        if (!_content.TryGetValue(key.Namespace, out var content))
        {
            _content.Add(key.Namespace, content = []);
        }

        if (!content.ContainsKey(key) && _terminating.TryGetValue(key.Namespace, out var sweep))
        {
            sweep.Newcomers.Add((key, metadata.Uid!));
        }

        content[key] = metadata;
    }

    private void OnNamespace(string name, Namespace? ns, DateTimeOffset now)
    {
        var isToBeEmptied = ns?.Metadata.DeletionTimestamp is not null
            && ns.Spec.Finalizers.AsSpan().Contains(NamespaceDecider.Finalizer);
        if (!isToBeEmptied)
        {
            _terminating.Remove(name);
        }
        else if (!_terminating.TryGetValue(name, out var sweep) || sweep.Uid != ns!.Metadata.Uid)
        {
            _terminating[name] = new Sweep(ns!.Metadata.Uid!) { Due = now };
        }
    }

    private void Empty(string ns, Sweep sweep, ProjectionContext context)
    {
        var key = new EntityKey("namespaces", "", ns);
        sweep.Newcomers.Clear();
        sweep.Due = context.Now + SweepAgain;
        sweep.IsToldEmpty = !_content.TryGetValue(ns, out var content);
        if (content is null)
        {
            context.Tell(key, new FinalizerDone(sweep.Uid, NamespaceDecider.Finalizer));
            return;
        }

        foreach (var (child, metadata) in content.OrderBy(entry => entry.Key, KeyOrder.Instance))
        {
            if (metadata.DeletionTimestamp is null)
            {
                context.Tell(child, Delete.Exactly(metadata.Uid!));
            }
        }

        context.Tell(key, Describe(sweep.Uid, content));
    }

    /// <summary>What was on its way when the deletion began.</summary>
    private static void DeleteNewcomers(Sweep sweep, ProjectionContext context)
    {
        foreach (var (key, uid) in sweep.Newcomers)
        {
            context.Tell(key, Delete.Exactly(uid));
        }

        sweep.Newcomers.Clear();
    }

    private static NamespaceContent Describe(string uid, Dictionary<EntityKey, ObjectMeta> content) => new(
        uid,
        Counted(content.Keys.Select(key => key.Resource)),
        Counted(content.Values.SelectMany(metadata => metadata.Finalizers)));

    private static ValueMap<int> Counted(IEnumerable<string> names) => ValueMap<int>.From(
        names.GroupBy(name => name).Select(group => KeyValuePair.Create(group.Key, group.Count())));

    private sealed class Sweep(string uid)
    {
        public string Uid { get; } = uid;

        public DateTimeOffset Due { get; set; }

        public bool IsToldEmpty { get; set; }

        public List<(EntityKey Key, string Uid)> Newcomers { get; } = [];
    }
}
