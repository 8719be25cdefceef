using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Admission.Quotas;

/// <summary>Shows in the status of every ResourceQuota what is used of it.</summary>
public sealed class QuotaCounter : IProjection
{
    /// <summary>A quota that does not show what it was told is told again: the message may have been lost.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Dictionary<EntityKey, KubeObject>> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NamespaceUsage> _namespaces = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _toShow = new(StringComparer.Ordinal);
    private readonly Dictionary<EntityKey, (string? Version, DateTimeOffset At)> _told = [];
    private bool _started;

    public string Name => "quota-counter";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        if (change.Key.Namespace.Length == 0 || (change.New ?? change.Old) is Event)
        {
            return;
        }

        Keep(change);
        if (change is { Old: ResourceQuota, New: null })
        {
            _told.Remove(change.Key);
        }

        if (NamespaceUsages.Observe(_namespaces, change, All))
        {
            _toShow.Add(change.Key.Namespace);
        }
    }

    public void Started(ProjectionContext context) => _started = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_started)
        {
            return;
        }

        _toShow.RemoveWhere(name => !_namespaces.TryGetValue(name, out var usage) || IsShown(usage, context));
        if (_toShow.Count > 0)
        {
            context.WakeAt(context.Now + TellAgain);
        }
    }

    private IEnumerable<KubeObject> All(string @namespace) => _objects[@namespace].Values;

    private void Keep(ObjectChange change)
    {
        if (!_objects.TryGetValue(change.Key.Namespace, out var objects))
        {
            _objects.Add(change.Key.Namespace, objects = []);
        }

        if (change.New is { } now)
        {
            objects[change.Key] = now;
        }
        else
        {
            objects.Remove(change.Key);
        }
    }

    private bool IsShown(NamespaceUsage usage, ProjectionContext context)
    {
        var isShown = true;
        foreach (var quota in usage.Quotas)
        {
            var status = usage.StatusOf(quota);
            if (status == quota.Status)
            {
                continue;
            }

            isShown = false;
            var (key, version) = (EntityKey.Of(quota), quota.Metadata.ResourceVersion);
            var told = _told.GetValueOrDefault(key);
            if (told.Version == version && told.At + TellAgain > context.Now)
            {
                continue;
            }

            _told[key] = (version, context.Now);
            context.Tell(key, new Replace(quota with { Status = status }) { Subresource = Subresources.Status });
        }

        return isShown;
    }
}
