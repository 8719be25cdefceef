using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.ConfigRollouts;

/// <summary>A ConfigMap or Secret that a pod takes values or files from: <c>configmaps/app</c>.</summary>
public readonly record struct ConfigReference(string Resource, string Name)
{
    public const string ConfigMaps = "configmaps";
    public const string Secrets = "secrets";

    public EntityKey In(string? ns) => new(Resource, ns ?? "", Name);

    public override string ToString() => $"{Resource}/{Name}";
}

/// <summary>Where a pod template names ConfigMaps and Secrets: variables, sources of variables, volumes and projected
/// volumes. Credentials for images are no part of what runs, and are left out.</summary>
internal static class ConfigReferences
{
    /// <summary>All of them, in a fixed order, each once.</summary>
    public static IReadOnlyList<ConfigReference> Of(PodSpec spec)
    {
        var found = new HashSet<ConfigReference>();
        Rename(spec, reference =>
        {
            found.Add(reference);
            return reference.Name;
        });
        return [.. found.OrderBy(reference => reference.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>The same spec, with other names.</summary>
    public static PodSpec Rename(PodSpec spec, Func<ConfigReference, string> rename)
    {
        var named = new Names(rename);
        return spec with
        {
            InitContainers = spec.InitContainers.Select(named.Of).ToValueList(),
            Containers = spec.Containers.Select(named.Of).ToValueList(),
            Volumes = spec.Volumes.Select(named.Of).ToValueList(),
        };
    }

    private sealed class Names(Func<ConfigReference, string> rename)
    {
        public Container Of(Container container) => container with
        {
            EnvFrom = container.EnvFrom.Select(Of).ToValueList(),
            Env = container.Env.Select(Of).ToValueList(),
        };

        public Volume Of(Volume volume) => volume with
        {
            ConfigMap = volume.ConfigMap is { } map ? map with { Name = ConfigMap(map.Name) } : null,
            Secret = volume.Secret is { } secret ? secret with { SecretName = Secret(secret.SecretName) } : null,
            Projected = volume.Projected is { } projected
                ? projected with { Sources = projected.Sources.Select(Of).ToValueList() }
                : null,
        };

        private EnvFromSource Of(EnvFromSource source) => source with
        {
            ConfigMapRef = source.ConfigMapRef is { } map ? map with { Name = ConfigMap(map.Name) } : null,
            SecretRef = source.SecretRef is { } secret ? secret with { Name = Secret(secret.Name) } : null,
        };

        private EnvVar Of(EnvVar variable)
        {
            var (map, secret) = (variable.ValueFrom?.ConfigMapKeyRef, variable.ValueFrom?.SecretKeyRef);
            return map is null && secret is null
                ? variable
                : variable with
                {
                    ValueFrom = variable.ValueFrom! with
                    {
                        ConfigMapKeyRef = map is null ? null : map with { Name = ConfigMap(map.Name) },
                        SecretKeyRef = secret is null ? null : secret with { Name = Secret(secret.Name) },
                    },
                };
        }

        private VolumeProjection Of(VolumeProjection source) => source with
        {
            ConfigMap = source.ConfigMap is { } map ? map with { Name = ConfigMap(map.Name) } : null,
            Secret = source.Secret is { } secret ? secret with { Name = Secret(secret.Name) } : null,
        };

        private string? ConfigMap(string? name) => Renamed(ConfigReference.ConfigMaps, name);

        private string? Secret(string? name) => Renamed(ConfigReference.Secrets, name);

        private string? Renamed(string resource, string? name) =>
            string.IsNullOrEmpty(name) ? name : rename(new ConfigReference(resource, name));
    }
}
