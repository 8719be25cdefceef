using System.Text;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>
/// What volumes are made from: the pod, the objects it names, its addresses, the tokens got for it, and who mounts its
/// images.
/// </summary>
public sealed record VolumeScope(
    Pod Pod, IPodConfiguration Configuration, IReadOnlyDictionary<TokenOrder, ServiceAccountToken> Tokens,
    ValueList<string> HostIps, NodeResources Node, ImageMounter Images);

/// <summary>Turns pod.spec.volumes into work. Pure; messages are those of kubelet's FailedMount events.</summary>
public static class VolumePlan
{
    private static readonly int DefaultMode = Convert.ToInt32("644", 8);

    private static readonly int PrivateMode = Convert.ToInt32("600", 8);

    public static VolumePlanOutcome Of(VolumeScope scope)
    {
        var works = new List<VolumeWork>();
        var failures = new List<string>();
        var warnings = new List<string>();
        foreach (var volume in scope.Pod.Spec.Volumes)
        {
            try
            {
                if (Work(scope, volume, warnings) is { } work)
                {
                    works.Add(work);
                }
            }
            catch (ContainerConfigException refused)
            {
                failures.Add($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {refused.Message}");
            }
        }

        return new VolumePlanOutcome(works, failures, warnings);
    }

    /// <summary>The tokens that the pod's projected volumes ask for.</summary>
    public static IEnumerable<TokenOrder> Tokens(Pod pod) =>
        from volume in pod.Spec.Volumes
        from source in volume.Projected?.Sources ?? []
        where source.ServiceAccountToken is not null
        select Order(pod, source.ServiceAccountToken!);

    /// <summary>Names of the ConfigMaps and Secrets that the pod's volumes and containers refer to.</summary>
    public static bool Uses(Pod pod, string kind, string name)
    {
        var isMap = kind == "ConfigMap";
        var ofVolumes = pod.Spec.Volumes.Any(v => isMap
            ? v.ConfigMap?.Name == name || (v.Projected?.Sources.Any(s => s.ConfigMap?.Name == name) ?? false)
            : v.Secret?.SecretName == name || (v.Projected?.Sources.Any(s => s.Secret?.Name == name) ?? false));
        return ofVolumes || pod.Spec.AllContainers().Any(c => isMap
            ? c.EnvFrom.Any(e => e.ConfigMapRef?.Name == name)
                || c.Env.Any(e => e.ValueFrom?.ConfigMapKeyRef?.Name == name)
            : c.EnvFrom.Any(e => e.SecretRef?.Name == name) || c.Env.Any(e => e.ValueFrom?.SecretKeyRef?.Name == name));
    }

    /// <returns>Null for an image's: it is mounted when a container is started that has it.</returns>
    private static VolumeWork? Work(VolumeScope scope, Volume volume, List<string> warnings)
    {
        if (volume.Image is not null)
        {
            return scope.Images != ImageMounter.Nobody
                ? null
                : throw new ContainerConfigException("the container runtime of this node does not mount images");
        }

        if (volume.EmptyDir is { } empty)
        {
            return new VolumeWork.Scratch(volume.Name, empty.Medium == "Memory", empty.SizeLimit?.Value);
        }

        if (volume.HostPath is { } host)
        {
            return new VolumeWork.Host(volume.Name, host.Path, host.Type ?? "");
        }

        if (volume.ConfigMap is { } map)
        {
            var mode = map.DefaultMode ?? DefaultMode;
            var files = OfConfigMap(scope, map.Name, map.Items, map.Optional == true, mode);
            return new VolumeWork.Files(volume.Name, "kubernetes.io~configmap", files.ToValueList(), false);
        }

        if (volume.Secret is { } secret)
        {
            var mode = secret.DefaultMode ?? DefaultMode;
            var files = OfSecret(scope, secret.SecretName, secret.Items, secret.Optional == true, mode);
            return new VolumeWork.Files(volume.Name, "kubernetes.io~secret", files.ToValueList(), true);
        }

        if (volume.DownwardAPI is { } downward)
        {
            var files = OfDownward(scope, downward.Items, downward.DefaultMode ?? DefaultMode);
            return new VolumeWork.Files(volume.Name, "kubernetes.io~downward-api", files.ToValueList(), false);
        }

        if (volume.Projected is { } projected)
        {
            var files = projected.Sources
                .SelectMany(s => OfProjection(scope, volume, s, projected.DefaultMode ?? DefaultMode, warnings));
            var last = files.GroupBy(f => f.Path).Select(g => g.Last()).ToValueList();
            return new VolumeWork.Files(volume.Name, "kubernetes.io~projected", last, true);
        }

        if (volume.PersistentVolumeClaim is { } claim)
        {
            throw new ContainerConfigException(
                $"persistentvolumeclaim \"{claim.ClaimName}\": this node cannot mount persistent volumes");
        }
        throw new ContainerConfigException("no volume plugin matched");
    }

    private static IEnumerable<VolumeFile> OfProjection(
        VolumeScope scope, Volume volume, VolumeProjection source, int mode, List<string> warnings)
    {
        if (source.ConfigMap is { } map)
        {
            return OfConfigMap(scope, map.Name, map.Items, map.Optional == true, mode);
        }

        if (source.Secret is { } secret)
        {
            return OfSecret(scope, secret.Name, secret.Items, secret.Optional == true, mode);
        }

        if (source.DownwardAPI is { } downward)
        {
            return OfDownward(scope, downward.Items, mode);
        }

        if (source.ServiceAccountToken is not { } token)
        {
            throw new ContainerConfigException("the source of the projected volume is not supported");
        }

        if (scope.Tokens.TryGetValue(Order(scope.Pod, token), out var issued))
        {
            return [TokenFile(scope.Pod, token.Path, issued.Token, mode)];
        }

        warnings.Add($"volume \"{volume.Name}\" is mounted without {token.Path}: "
            + $"no token for service account \"{ServiceAccountOf(scope.Pod)}\" is to be had");
        return [];
    }

    /// <summary>A token is for its pod's user alone where all containers have the same one, and for the pod's group
    /// where there is one.</summary>
    private static VolumeFile TokenFile(Pod pod, string path, string token, int mode)
    {
        var context = pod.Spec.SecurityContext;
        var users = pod.Spec.Containers.Concat(pod.Spec.InitContainers)
            .Select(c => c.SecurityContext?.RunAsUser ?? context?.RunAsUser).Distinct().ToList();
        var user = users is [{ } only] ? only : (long?)null;
        var isPrivate = user is not null || context?.FsGroup is not null;
        return File(path, Encoding.UTF8.GetBytes(token), isPrivate ? PrivateMode : mode) with { Owner = user };
    }

    private static IEnumerable<VolumeFile> OfConfigMap(
        VolumeScope scope, string? name, ValueList<KeyToPath> items, bool isOptional, int mode)
    {
        if (scope.Configuration.ConfigMap(name ?? "") is not { } map)
        {
            return isOptional ? [] : throw new ContainerConfigException($"configmap \"{name}\" not found");
        }

        var all = map.Data.Select(e => (e.Key, Bytes: Encoding.UTF8.GetBytes(e.Value)))
            .Concat(map.BinaryData.Select(e => (e.Key, Bytes: SecretData.Decode(e.Value))))
            .ToDictionary(e => e.Key, e => e.Bytes);
        return Chosen(all, items, isOptional, mode, "configmap");
    }

    private static IEnumerable<VolumeFile> OfSecret(
        VolumeScope scope, string? name, ValueList<KeyToPath> items, bool isOptional, int mode)
    {
        if (scope.Configuration.Secret(name ?? "") is not { } secret)
        {
            return isOptional ? [] : throw new ContainerConfigException($"secret \"{name}\" not found");
        }

        var all = secret.Data.ToDictionary(e => e.Key, e => SecretData.Decode(e.Value));
        return Chosen(all, items, isOptional, mode, "secret");
    }

    private static List<VolumeFile> Chosen(
        Dictionary<string, byte[]> all, ValueList<KeyToPath> items, bool isOptional, int mode, string kind)
    {
        if (items.Count == 0)
        {
            return all.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => File(e.Key, e.Value, mode)).ToList();
        }

        var files = new List<VolumeFile>();
        foreach (var item in items)
        {
            if (all.TryGetValue(item.Key, out var bytes))
            {
                files.Add(File(item.Path, bytes, item.Mode ?? mode));
            }
            else if (!isOptional)
            {
                throw new ContainerConfigException(
                    kind == "secret" ? $"references non-existent secret key: {item.Key}"
                        : $"configmap references non-existent config key: {item.Key}");
            }
        }

        return files;
    }

    private static IEnumerable<VolumeFile> OfDownward(
        VolumeScope scope, ValueList<DownwardAPIVolumeFile> items, int mode)
    {
        foreach (var item in items)
        {
            var text = item switch
            {
                { FieldRef: { } field } => FieldPaths.Of(scope.Pod, field.FieldPath, [], scope.HostIps),
                { ResourceFieldRef: { } resource } => FieldPaths.Resource(
                    scope.Pod.Spec, ContainerOf(scope.Pod, resource.ContainerName), resource, scope.Node),
                _ => throw new ContainerConfigException($"downwardAPI item {item.Path} names no field"),
            };
            yield return File(item.Path, Encoding.UTF8.GetBytes(text), item.Mode ?? mode);
        }
    }

    private static Container ContainerOf(Pod pod, string? name) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers).FirstOrDefault(c => c.Name == name)
        ?? throw new ContainerConfigException($"container {name} not found");

    private static VolumeFile File(string path, byte[] content, int mode) =>
        new(VolumePaths.Checked(path), content, mode);

    private static TokenOrder Order(Pod pod, ServiceAccountTokenProjection token) => new(
        pod.Metadata.Namespace ?? "", ServiceAccountOf(pod), pod.Metadata.Name ?? "", pod.Metadata.Uid ?? "",
        string.IsNullOrEmpty(token.Audience) ? null : token.Audience, token.ExpirationSeconds ?? 3600);

    private static string ServiceAccountOf(Pod pod) =>
        string.IsNullOrEmpty(pod.Spec.ServiceAccountName) ? "default" : pod.Spec.ServiceAccountName;
}

/// <summary>Paths inside a volume: relative, and never upwards.</summary>
public static class VolumePaths
{
    private const int MaxPathLength = 4096;

    /// <exception cref="ContainerConfigException">The path could leave its volume.</exception>
    public static string Checked(string path)
    {
        if (path.Length is 0 or > MaxPathLength)
        {
            throw new ContainerConfigException($"invalid path: must be between 1 and {MaxPathLength} characters long");
        }

        if (path.StartsWith('/'))
        {
            throw new ContainerConfigException($"invalid path: must be relative path: {path}");
        }

        var parts = path.Split('/');
        if (parts.Contains(".."))
        {
            throw new ContainerConfigException($"invalid path: must not contain '..': {path}");
        }

        if (parts[0].StartsWith("..", StringComparison.Ordinal))
        {
            throw new ContainerConfigException($"invalid path: must not start with '..': {path}");
        }

        if (path.Contains('\0'))
        {
            throw new ContainerConfigException("invalid path: must not contain a NUL character");
        }

        return path;
    }
}
