using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What revisions run on is a copy of what their ConfigMap held at some time, and never changes.</summary>
internal sealed class ConfigCopyCheck : Check
{
    private readonly Dictionary<EntityKey, HashSet<string>> _held = [];

    public override string Guarantee => "config rollouts";

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if (change.New is not ConfigMap map)
        {
            return;
        }

        if (ConfigOperations.IsOwn(map))
        {
            _held.TryAdd(change.Key, new HashSet<string>(StringComparer.Ordinal));
            _held[change.Key].Add(ValueOf(map));
        }
        else if (map.Metadata.Annotations.GetValueOrDefault(ConfigPins.CopyOf) is { } name)
        {
            OnCopy(change, map, change.Key with { Name = name });
        }
    }

    private void OnCopy(ObjectChange change, ConfigMap copy, EntityKey source)
    {
        if (change.Old is ConfigMap before && before.Data != copy.Data)
        {
            Violate($"{change.Key} held \"{ValueOf(before)}\" and became \"{ValueOf(copy)}\" at {change.Sequence}: "
                + "revisions rely on it");
        }

        if (!_held.TryGetValue(source, out var values) || !values.Contains(ValueOf(copy)))
        {
            Violate($"{change.Key} holds \"{ValueOf(copy)}\" at {change.Sequence}, which {source} never held");
        }
    }

    private static string ValueOf(ConfigMap map) => map.Data.GetValueOrDefault("value") ?? "";
}
