using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Admission.Quotas;

/// <summary>The quotas of one namespace and what counts for each: kept up to date object by object, so that a check
/// costs as much in a full namespace as in an empty one. Not safe for several threads.</summary>
internal sealed class NamespaceUsage
{
    private readonly SortedDictionary<string, Counted> _quotas = new(StringComparer.Ordinal);

    public bool IsEmpty => _quotas.Count == 0;

    public IEnumerable<ResourceQuota> Quotas => _quotas.Values.Select(counted => counted.Quota);

    /// <summary>Takes in a quota as it is now; one that is new, or wants other things, is counted anew.</summary>
    public void Observe(string name, ResourceQuota? quota, Func<IEnumerable<KubeObject>> all)
    {
        if (quota is null)
        {
            _quotas.Remove(name);
            return;
        }

        if (_quotas.TryGetValue(name, out var known) && known.Quota.Spec == quota.Spec)
        {
            known.Quota = quota;
            return;
        }

        var counted = _quotas[name] = new Counted(quota);
        foreach (var value in all())
        {
            counted.Set(EntityKey.Of(value), value);
        }
    }

    /// <summary>Takes in an object as it is now; true when that changes what is used.</summary>
    public bool Observe(EntityKey key, KubeObject? value)
    {
        var isChange = false;
        foreach (var counted in _quotas.Values)
        {
            isChange |= counted.Set(key, value);
        }

        return isChange;
    }

    /// <summary>Why an object does not fit that is new or grows; null when it does.</summary>
    public string? Refusal(EntityKey key, KubeObject proposed) => _quotas.Values
        .Select(counted => counted.Refusal(key, proposed)).FirstOrDefault(refusal => refusal is not null);

    public ResourceQuotaStatus StatusOf(ResourceQuota quota) => _quotas[quota.Metadata.Name!].Status();

    private sealed class Counted(ResourceQuota quota)
    {
        private static readonly (string Limited, string Resource, bool IsLimit)[] Explicit =
        [
            ("cpu", "cpu", false), ("limits.cpu", "cpu", true), ("limits.memory", "memory", true),
            ("memory", "memory", false), ("requests.cpu", "cpu", false), ("requests.memory", "memory", false),
        ];

        private readonly Dictionary<EntityKey, IReadOnlyDictionary<string, Quantity>> _usage = [];
        private readonly Dictionary<string, Quantity> _used = new(StringComparer.Ordinal);

        public ResourceQuota Quota { get; set; } = quota;

        public bool Set(EntityKey key, KubeObject? value)
        {
            var now = value is null ? null : Relevant(value);
            var before = _usage.GetValueOrDefault(key);
            if (now is null ? before is null : before is not null && now.SequenceEqual(before))
            {
                return false;
            }

            foreach (var (resource, amount) in before ?? new Dictionary<string, Quantity>())
            {
                _used[resource] = Used(resource).Subtract(amount);
            }

            foreach (var (resource, amount) in now ?? new Dictionary<string, Quantity>())
            {
                _used[resource] = Used(resource).Add(amount);
            }

            if (now is null)
            {
                _usage.Remove(key);
            }
            else
            {
                _usage[key] = now;
            }

            return true;
        }

        public string? Refusal(EntityKey key, KubeObject proposed)
        {
            if (!QuotaScope.Includes(Quota.Spec, proposed))
            {
                return null;
            }

            if (proposed is Pod pod && Missing(pod.Spec) is { Length: > 0 } missing)
            {
                return $"failed quota: {Quota.Metadata.Name}: must specify {missing}";
            }

            var before = _usage.GetValueOrDefault(key) ?? new Dictionary<string, Quantity>();
            var wanted = Relevant(proposed) ?? new Dictionary<string, Quantity>();
            var over = wanted
                .Select(entry => KeyValuePair.Create(
                    entry.Key, entry.Value.Subtract(before.GetValueOrDefault(entry.Key))))
                .Where(entry =>
                    entry.Value.Sign > 0 && Used(entry.Key).Add(entry.Value) > Quota.Spec.Hard[entry.Key])
                .ToList();
            return over.Count == 0 ? null
                : $"exceeded quota: {Quota.Metadata.Name}, requested: {Show(over, entry => entry.Value)}, "
                    + $"used: {Show(over, entry => Used(entry.Key))}, "
                    + $"limited: {Show(over, entry => Quota.Spec.Hard[entry.Key])}";
        }

        public ResourceQuotaStatus Status() => new()
        {
            Hard = Quota.Spec.Hard,
            Used = ValueMap<Quantity>.From(
                Quota.Spec.Hard.Keys.Select(resource => KeyValuePair.Create(resource, Used(resource)))),
        };

        private Quantity Used(string resource) => _used.GetValueOrDefault(resource);

        /// <summary>The part of an object's usage that the quota limits; null when it limits none of it.</summary>
        private Dictionary<string, Quantity>? Relevant(KubeObject value)
        {
            if (!QuotaScope.Includes(Quota.Spec, value))
            {
                return null;
            }

            var relevant = QuotaUsage.Of(value).Where(entry => Quota.Spec.Hard.ContainsKey(entry.Key))
                .ToDictionary(StringComparer.Ordinal);
            return relevant.Count == 0 ? null : relevant;
        }

        /// <summary>A quota of cpu or memory wants every container to say how much it asks for: of one that does not,
        /// nobody knows what it will use, unless its pod says it for all.</summary>
        private string Missing(PodSpec spec) => PodResources.Of(spec) is not null ? "" : string.Join("; ",
            from wanted in Explicit
            where Quota.Spec.Hard.ContainsKey(wanted.Limited)
            let silent = spec.InitContainers.Concat(spec.Containers).Where(each =>
                !(wanted.IsLimit ? each.Resources.Limits : each.Resources.Requests).ContainsKey(wanted.Resource))
            let names = string.Join(',', silent.Select(each => each.Name))
            where names.Length > 0
            select $"{wanted.Limited} for: {names}");

        private static string Show<T>(
            IEnumerable<KeyValuePair<string, T>> entries, Func<KeyValuePair<string, T>, Quantity> amount) =>
            string.Join(',', entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => $"{entry.Key}={amount(entry)}"));
    }
}
