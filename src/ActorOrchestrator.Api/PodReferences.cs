using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api;

/// <summary>A ConfigMap or Secret that a pod of the same namespace names.</summary>
public readonly record struct PodReference(bool IsSecret, string Name);

/// <summary>The ConfigMaps and Secrets that a pod names: what its node has to read in order to run it, and what it may
/// read.</summary>
public static class PodReferences
{
    public static IEnumerable<PodReference> Of(Pod pod) => OfVolumes(pod)
        .Concat(pod.Spec.AllContainers().SelectMany(OfEnvironment))
        .Concat(pod.Spec.ImagePullSecrets.SelectMany(reference => Secret(reference.Name)));

    public static IEnumerable<PodReference> OfVolumes(Pod pod) => pod.Spec.Volumes.SelectMany(volume =>
        Map(volume.ConfigMap?.Name).Concat(Secret(volume.Secret?.SecretName))
            .Concat((volume.Projected?.Sources ?? []).SelectMany(source =>
                Map(source.ConfigMap?.Name).Concat(Secret(source.Secret?.Name)))));

    public static IEnumerable<PodReference> OfEnvironment(Container container) =>
        container.EnvFrom.SelectMany(source => Map(source.ConfigMapRef?.Name).Concat(Secret(source.SecretRef?.Name)))
            .Concat(container.Env.SelectMany(variable => Map(variable.ValueFrom?.ConfigMapKeyRef?.Name)
                .Concat(Secret(variable.ValueFrom?.SecretKeyRef?.Name))));

    private static IEnumerable<PodReference> Map(string? name) =>
        string.IsNullOrEmpty(name) ? [] : [new PodReference(IsSecret: false, name)];

    private static IEnumerable<PodReference> Secret(string? name) =>
        string.IsNullOrEmpty(name) ? [] : [new PodReference(IsSecret: true, name)];
}
