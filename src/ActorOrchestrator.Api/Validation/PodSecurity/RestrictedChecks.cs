using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation.PodSecurity;

/// <summary>What the restricted standard adds to the baseline, each null when the pod passes. Since 1.25 a pod for
/// Windows need not say what would have no effect there.</summary>
internal static class RestrictedChecks
{
    private const string All = "ALL";
    private const string BindService = "NET_BIND_SERVICE";

    private const int WindowsSince = 25;

    public static string? AllowPrivilegeEscalation(PodUnderCheck pod)
    {
        if (IsSpared(pod))
        {
            return null;
        }

        var containers = pod.ContainersThat(each => each.SecurityContext?.AllowPrivilegeEscalation != false);
        return containers.Count == 0 ? null
            : $"allowPrivilegeEscalation != false ({Wording.Named("container", containers)} must set "
                + "securityContext.allowPrivilegeEscalation=false)";
    }

    public static string? ProcMount(PodUnderCheck pod) => BaselineChecks.AnyProcMount(pod);

    public static string? Capabilities(PodUnderCheck pod)
    {
        if (IsSpared(pod))
        {
            return null;
        }

        var keeping = pod.ContainersThat(each => each.SecurityContext?.Capabilities?.Drop.Contains(All) != true);
        var adding = pod.ContainersThat(each => Forbidden(each).Any());
        var faults = new List<string>();
        if (keeping.Count > 0)
        {
            faults.Add($"{Wording.Named("container", keeping)} must set securityContext.capabilities.drop=[\"{All}\"]");
        }

        if (adding.Count > 0)
        {
            faults.Add($"{Wording.Named("container", adding)} must not include "
                + $"{Wording.Quoted(Wording.Sorted(pod.Containers.SelectMany(Forbidden)))} in "
                + "securityContext.capabilities.add");
        }

        return faults.Count == 0 ? null : $"unrestricted capabilities ({string.Join("; ", faults)})";

        static IEnumerable<string> Forbidden(Container container) =>
            (container.SecurityContext?.Capabilities?.Add ?? []).Where(name => name != BindService);
    }

    public static string? VolumeTypes(PodUnderCheck pod)
    {
        var bad = pod.Spec.Volumes.Select(volume => (volume.Name, Type: RestrictedType(volume)))
            .Where(volume => volume.Type is not null).ToList();
        var (names, types) = (bad.Select(each => each.Name).ToList(), Wording.Sorted(bad.Select(each => each.Type!)));
        return bad.Count == 0 ? null
            : $"restricted volume types ({Wording.Named("volume", names)} {Wording.Verb("use", names)} restricted "
                + $"volume {Wording.Plural("type", types)} {Wording.Quoted(types)})";
    }

    /// <summary>Root of a user namespace of the pod's own is not the machine's.</summary>
    public static string? RunAsNonRoot(PodUnderCheck pod)
    {
        if (pod.HasOwnUsers)
        {
            return null;
        }

        var ofPod = pod.Security?.RunAsNonRoot;
        var refusing = pod.ContainersThat(each => each.SecurityContext?.RunAsNonRoot == false);
        var silent = pod.ContainersThat(each => each.SecurityContext?.RunAsNonRoot is null);

        // What the pod says counts only for containers that say nothing.
        if (Wording.Setters(ofPod == false && silent.Count > 0, refusing) is { } setters)
        {
            return $"runAsNonRoot != true ({setters} must not set securityContext.runAsNonRoot=false)";
        }

        return ofPod is null && silent.Count > 0
            ? $"runAsNonRoot != true (pod or {Wording.Named("container", silent)} must set "
                + "securityContext.runAsNonRoot=true)"
            : null;
    }

    public static string? RunAsUser(PodUnderCheck pod)
    {
        if (pod.HasOwnUsers)
        {
            return null;
        }

        var isPod = pod.Security?.RunAsUser == 0;
        var containers = pod.ContainersThat(each => each.SecurityContext?.RunAsUser == 0);
        return Wording.Setters(isPod, containers) is { } setters
            ? $"runAsUser=0 ({setters} must not set runAsUser=0)"
            : null;
    }

    public static string? SeccompProfile(PodUnderCheck pod)
    {
        if (IsSpared(pod))
        {
            return null;
        }

        var ofPod = pod.Security?.SeccompProfile?.Type;
        var refusing = pod.ContainersThat(each => IsBad(each.SecurityContext?.SeccompProfile?.Type));
        var silent = pod.ContainersThat(each => each.SecurityContext?.SeccompProfile is null);
        if (Wording.Setters(IsBad(ofPod), refusing) is { } setters)
        {
            var values = Wording.Sorted(pod.Containers.Select(each => each.SecurityContext?.SeccompProfile?.Type)
                .Append(ofPod).Where(IsBad)!);
            return $"seccompProfile ({setters} must not set securityContext.seccompProfile.type to "
                + $"{Wording.Quoted(values)})";
        }

        return ofPod is null && silent.Count > 0
            ? $"seccompProfile (pod or {Wording.Named("container", silent)} must set "
                + "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"
            : null;

        static bool IsBad(string? type) => type is not (null or "RuntimeDefault" or "Localhost");
    }

    private static bool IsSpared(PodUnderCheck pod) => pod.Version >= WindowsSince && pod.IsOfWindows;

    /// <summary>The type of a volume that may not be used; null when it may.</summary>
    private static string? RestrictedType(Volume volume) => volume switch
    {
        { ConfigMap: not null } or { Csi: not null } or { DownwardAPI: not null } or { EmptyDir: not null }
            or { Ephemeral: not null } or { PersistentVolumeClaim: not null } or { Projected: not null }
            or { Secret: not null } or { Image: not null } => null,
        { HostPath: not null } => "hostPath",
        { GcePersistentDisk: not null } => "gcePersistentDisk",
        { AwsElasticBlockStore: not null } => "awsElasticBlockStore",
        { GitRepo: not null } => "gitRepo",
        { Nfs: not null } => "nfs",
        { Iscsi: not null } => "iscsi",
        { Glusterfs: not null } => "glusterfs",
        { Rbd: not null } => "rbd",
        { FlexVolume: not null } => "flexVolume",
        { Cinder: not null } => "cinder",
        { Cephfs: not null } => "cephfs",
        { Flocker: not null } => "flocker",
        { Fc: not null } => "fc",
        { AzureFile: not null } => "azureFile",
        { VsphereVolume: not null } => "vsphereVolume",
        { Quobyte: not null } => "quobyte",
        { AzureDisk: not null } => "azureDisk",
        { PortworxVolume: not null } => "portworxVolume",
        { ScaleIO: not null } => "scaleIO",
        { Storageos: not null } => "storageos",
        { PhotonPersistentDisk: not null } => "photonPersistentDisk",
        _ => "unknown",
    };
}
