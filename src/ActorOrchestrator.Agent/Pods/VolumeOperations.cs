using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>Looks up what a pod's volumes are made of and has them made.</summary>
internal static class VolumeOperations
{
    /// <summary>A token is renewed when four fifths of its time are over, as kubelet does.</summary>
    private const double RenewAfter = 0.8;

    public static async Task<PodFact> PrepareAsync(WorkerPorts ports, Pod pod, CancellationToken cancellation)
    {
        var now = ports.Time.GetUtcNow();
        var tokens = await TokensAsync(ports, pod, cancellation);
        var configuration = await PodConfiguration.ReadAsync(
            ports.Cluster, pod, PodReferences.OfVolumes(pod), cancellation);
        var plan = VolumePlan.Of(new VolumeScope(
            pod, configuration, tokens, ports.Node.HostIps, ports.Environment.Resources,
            await ImageVolumes.MounterAsync(ports, pod, cancellation)));
        var failures = plan.Failures.ToList();
        foreach (var work in plan.Works)
        {
            try
            {
                ports.Files.Prepare(PodPlace.Of(pod), work, pod.Spec.SecurityContext?.FsGroup);
            }
            catch (VolumeException failed)
            {
                failures.Add(failed.Message);
            }
        }

        foreach (var warning in plan.Warnings)
        {
            ports.Record(pod, new PodEvent(PodEvent.Warning, "FailedMount", warning));
        }

        foreach (var failure in failures)
        {
            ports.Record(pod, new PodEvent(PodEvent.Warning, "FailedMount", failure));
        }

        if (failures.Count > 0)
        {
            return new PodFact.VolumesFailed(string.Join("; ", failures));
        }

        var renewals = tokens.Values.Select(t => now + ((t.ExpiresAt - now) * RenewAfter)).ToList();
        return new PodFact.VolumesReady(renewals.Count > 0 ? renewals.Min() : null);
    }

    private static async Task<Dictionary<TokenOrder, ServiceAccountToken>> TokensAsync(
        WorkerPorts ports, Pod pod, CancellationToken cancellation)
    {
        var tokens = new Dictionary<TokenOrder, ServiceAccountToken>();
        foreach (var order in VolumePlan.Tokens(pod).Distinct())
        {
            if (await ports.Cluster.CreateTokenAsync(order, cancellation) is { } token)
            {
                tokens[order] = token;
            }
        }

        return tokens;
    }
}

/// <summary>The ConfigMaps and Secrets that were looked up for one operation.</summary>
internal sealed class PodConfiguration(
    Dictionary<string, ConfigMap?> maps, Dictionary<string, Secret?> secrets) : IPodConfiguration
{
    public static async Task<PodConfiguration> ReadAsync(
        IClusterLink cluster, Pod pod, IEnumerable<PodReference> names, CancellationToken cancellation)
    {
        var podNamespace = pod.Metadata.Namespace ?? "";
        var maps = new Dictionary<string, ConfigMap?>(StringComparer.Ordinal);
        var secrets = new Dictionary<string, Secret?>(StringComparer.Ordinal);
        foreach (var (isSecret, name) in names.Distinct())
        {
            if (isSecret)
            {
                secrets[name] = await cluster.GetAsync<Secret>(podNamespace, name, cancellation);
            }
            else
            {
                maps[name] = await cluster.GetAsync<ConfigMap>(podNamespace, name, cancellation);
            }
        }

        return new PodConfiguration(maps, secrets);
    }

    public ConfigMap? ConfigMap(string name) => maps.GetValueOrDefault(name);

    public Secret? Secret(string name) => secrets.GetValueOrDefault(name);
}
