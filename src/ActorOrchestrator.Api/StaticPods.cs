using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api;

/// <summary>
/// Pods that a node runs because a file on it says so, and their mirrors, by which the API shows them. A mirror has a
/// uid of its own; its annotation names the one by which the node knows the pod.
/// </summary>
public static class StaticPods
{
    public const string MirrorAnnotation = "kubernetes.io/config.mirror";
    public const string HashAnnotation = "kubernetes.io/config.hash";
    public const string SourceAnnotation = "kubernetes.io/config.source";
    public const string FromFile = "file";

    private const string FromApi = "api";

    public const string ServiceAccounts = "serviceaccounts";
    public const string ServiceAccountTokens = "serviceaccount tokens";
    public const string Secrets = "secrets";
    public const string ConfigMaps = "configmaps";

    public static bool IsMirror(KubeObject value) => value.Metadata.Annotations.ContainsKey(MirrorAnnotation);

    /// <summary>One of a file or its mirror.</summary>
    public static bool IsStatic(Pod pod) => IsMirror(pod) || IsOfNode(pod.Metadata.Annotations);

    /// <summary>By the annotations of a pod, or of its sandbox.</summary>
    public static bool IsOfNode(IReadOnlyDictionary<string, string> annotations) =>
        annotations.TryGetValue(SourceAnnotation, out var source) && source != FromApi;

    /// <summary>The uid by which the pod's node knows it.</summary>
    public static string? UidOnNode(Pod pod) =>
        pod.Metadata.Annotations.GetValueOrDefault(MirrorAnnotation) ?? pod.Metadata.Uid;

    /// <summary>What of the API a pod needs in order to run, as resources: static pods must need none of it.</summary>
    public static IEnumerable<string> References(PodSpec spec)
    {
        if (spec.ServiceAccountName is { Length: > 0 } || spec.ServiceAccount is { Length: > 0 })
        {
            yield return ServiceAccounts;
        }

        if (spec.ImagePullSecrets.Count > 0)
        {
            yield return Secrets;
        }

        if (spec.ResourceClaims.Count > 0)
        {
            yield return "resourceclaims";
        }

        foreach (var resource in spec.Volumes.SelectMany(OfVolume)
            .Concat(spec.InitContainers.Concat(spec.Containers).SelectMany(OfContainer)))
        {
            yield return resource;
        }
    }

    private static IEnumerable<string> OfContainer(Container container)
    {
        if (container.EnvFrom.Any(source => source.SecretRef is not null)
            || container.Env.Any(variable => variable.ValueFrom?.SecretKeyRef is not null))
        {
            yield return Secrets;
        }

        if (container.EnvFrom.Any(source => source.ConfigMapRef is not null)
            || container.Env.Any(variable => variable.ValueFrom?.ConfigMapKeyRef is not null))
        {
            yield return ConfigMaps;
        }
    }

    private static IEnumerable<string> OfVolume(Volume volume)
    {
        var sources = volume.Projected?.Sources ?? [];
        if (volume.Secret is not null || sources.Any(source => source.Secret is not null))
        {
            yield return Secrets;
        }

        if (volume.ConfigMap is not null || sources.Any(source => source.ConfigMap is not null))
        {
            yield return ConfigMaps;
        }

        if (sources.Any(source => source.ServiceAccountToken is not null))
        {
            yield return ServiceAccountTokens;
        }

        if (sources.Any(source => source.ClusterTrustBundle is not null || source.PodCertificate is not null))
        {
            yield return "certificates";
        }

        if (volume.PersistentVolumeClaim is not null || volume.Ephemeral is not null)
        {
            yield return "persistentvolumeclaims";
        }
    }
}
