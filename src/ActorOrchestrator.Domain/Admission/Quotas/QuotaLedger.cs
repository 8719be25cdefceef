using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Admission.Quotas;

/// <summary>
/// What the quotas of all namespaces have left, for those who decide on new objects: each that is admitted counts at
/// once, not only when its row is stored and folded, so that many at the same time do not exceed a quota together. The
/// one thing among <see cref="ClusterFacts"/> that remembers; safe for all threads of a member. Members see each
/// other's objects as they fold them: what is created through several in the same moment may exceed a quota.
/// </summary>
/// <param name="all">Every object of a namespace, for a quota that is new.</param>
public sealed class QuotaLedger(Func<string, IEnumerable<KubeObject>> all)
{
    /// <summary>After this long an admitted object that is not there was not stored.</summary>
    private static readonly TimeSpan StoredWithin = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, NamespaceUsage> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<EntityKey, Charged> _charged = [];

    public void Observe(ObjectChange change)
    {
        lock (_lock)
        {
            NamespaceUsages.Observe(_namespaces, change, all);
            _charged.Remove(change.Key);
        }
    }

    /// <summary>Why an object that is new or grows exceeds a quota; null when it does not, and then it
    /// counts.</summary>
    /// <param name="key">The object.</param>
    /// <param name="current">As it is stored; null when it is new.</param>
    /// <param name="proposed">As it is to be.</param>
    /// <param name="isDryRun">It is not going to be.</param>
    /// <param name="now">The time of the decision.</param>
    public string? Charge(
        EntityKey key, KubeObject? current, KubeObject proposed, bool isDryRun, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_namespaces.TryGetValue(key.Namespace, out var usage) || proposed is Event)
            {
                return null;
            }

            Expire(now);
            if (_charged.Remove(key))
            {
                usage.Observe(key, current);
            }

            if (usage.Refusal(key, proposed) is { } refusal)
            {
                return refusal;
            }

            if (!isDryRun && usage.Observe(key, proposed))
            {
                _charged[key] = new Charged(current, now);
            }

            return null;
        }
    }

    private void Expire(DateTimeOffset now)
    {
        foreach (var (key, charged) in _charged.Where(entry => entry.Value.At + StoredWithin < now).ToList())
        {
            _charged.Remove(key);
            _namespaces.GetValueOrDefault(key.Namespace)?.Observe(key, charged.Before);
        }
    }

    /// <summary>Counts as it is to be, since then; before, it was stored so.</summary>
    private readonly record struct Charged(KubeObject? Before, DateTimeOffset At);
}

internal static class NamespaceUsages
{
    /// <summary>Takes in a change; true when it changes what a quota of its namespace has to show. Events are never
    /// counted, as in Kubernetes.</summary>
    public static bool Observe(
        Dictionary<string, NamespaceUsage> namespaces, ObjectChange change,
        Func<string, IEnumerable<KubeObject>> all)
    {
        var name = change.Key.Namespace;
        var isQuota = (change.New ?? change.Old) is ResourceQuota;
        if (!namespaces.TryGetValue(name, out var usage))
        {
            if (!isQuota || change.New is null)
            {
                return false;
            }

            namespaces.Add(name, usage = new NamespaceUsage());
        }

        if (isQuota)
        {
            usage.Observe(
                change.Key.Name, (ResourceQuota?)change.New, () => all(name).Where(value => value is not Event));
        }

        var isChange = (change.New ?? change.Old) is not Event && usage.Observe(change.Key, change.New);
        if (usage.IsEmpty)
        {
            namespaces.Remove(name);
        }

        return isQuota || isChange;
    }
}
