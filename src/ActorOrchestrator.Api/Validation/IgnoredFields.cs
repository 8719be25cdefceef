using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>
/// Fields of a pod's spec that are accepted, as Kubernetes would, and have no effect here, or none but to keep the pod
/// waiting: told when the object is written, and once again as an Event of each pod. What docs/pods.md lists.
/// </summary>
public static class IgnoredFields
{
    private const string NoClaims = "devices are not allocated";
    private const string NoLocalProfiles = "nodes have no profiles of their own, so the pod waits";
    private const string NoSeLinux = "nodes label nothing for SELinux";
    private const string NoSource = "nodes cannot mount it, so the pod waits";
    private const string NoTokens = "no tokens of service accounts are issued, so none is mounted";

    /// <summary>A sentence each, that begins with the field's path.</summary>
    public static IReadOnlyList<string> Of(PodSpec spec) => Of(FieldPath.Root("spec"), spec);

    /// <param name="path">Of the spec: that of a template is inside another object.</param>
    internal static IReadOnlyList<string> Of(FieldPath path, PodSpec spec)
    {
        var found = new Findings();
        OfPod(found, path, spec);
        OfSecurity(found, path.Child("securityContext"), spec.SecurityContext);
        for (var i = 0; i < spec.Volumes.Count; i++)
        {
            OfVolume(found, path.Child("volumes").Index(i), spec.Volumes[i]);
        }

        for (var i = 0; i < spec.InitContainers.Count; i++)
        {
            OfContainer(found, path.Child("initContainers").Index(i), spec.InitContainers[i]);
        }

        for (var i = 0; i < spec.Containers.Count; i++)
        {
            OfContainer(found, path.Child("containers").Index(i), spec.Containers[i]);
        }

        for (var i = 0; i < spec.EphemeralContainers.Count; i++)
        {
            OfContainer(found, path.Child("ephemeralContainers").Index(i), spec.EphemeralContainers[i].AsContainer());
        }

        return found.Lines;
    }

    /// <param name="path">Of the spec.</param>
    /// <param name="set">What its pods mount besides what the template says.</param>
    internal static IReadOnlyList<string> Of(FieldPath path, StatefulSetSpec set)
    {
        var found = new Findings();
        found.Add(
            set.VolumeClaimTemplates.Count > 0, path.Child("volumeClaimTemplates"),
            "the claims are made, but nodes cannot mount them, so the pods wait");
        return found.Lines;
    }

    private static void OfPod(Findings found, FieldPath path, PodSpec spec)
    {
        found.Add(spec.AutomountServiceAccountToken == true, path.Child("automountServiceAccountToken"), NoTokens);
        found.AddRefused(
            spec.Os is { Name: not "linux" }, path.Child("os"), "all nodes run Linux, and refuse the pod");
        found.Add(spec.ResourceClaims.Count > 0, path.Child("resourceClaims"), NoClaims);
        found.Add(
            !string.IsNullOrEmpty(spec.RuntimeClassName), path.Child("runtimeClassName"), "nodes have one runtime");
        found.Add(spec.WorkloadRef is not null, path.Child("workloadRef"), "pods are scheduled one by one");
    }

    private static void OfSecurity(Findings found, FieldPath path, PodSecurityContext? context)
    {
        if (context is null)
        {
            return;
        }

        found.Add(context.SeLinuxOptions is not null, path.Child("seLinuxOptions"), NoSeLinux);
        found.Add(context.SeLinuxChangePolicy is not null, path.Child("seLinuxChangePolicy"), NoSeLinux);
        found.Add(IsLocal(context.SeccompProfile), path.Child("seccompProfile"), NoLocalProfiles);
        found.Add(
            context.SupplementalGroupsPolicy == "Strict", path.Child("supplementalGroupsPolicy"),
            "the groups of the image are kept");
        found.Add(context.WindowsOptions is not null, path.Child("windowsOptions"), "all nodes run Linux");
    }

    private static void OfContainer(Findings found, FieldPath path, Container container)
    {
        for (var i = 0; i < container.Env.Count; i++)
        {
            found.Add(
                container.Env[i].ValueFrom?.FileKeyRef is not null,
                path.Child("env").Index(i).Child("valueFrom", "fileKeyRef"), "variables are not read from volumes");
        }

        for (var i = 0; i < container.VolumeMounts.Count; i++)
        {
            found.Add(
                container.VolumeMounts[i].RecursiveReadOnly is "Enabled" or "IfPossible",
                path.Child("volumeMounts").Index(i).Child("recursiveReadOnly"), "what is mounted below stays writable");
        }

        found.Add(container.Resources.Claims.Count > 0, path.Child("resources", "claims"), NoClaims);
        found.Add(container.RestartPolicyRules.Count > 0, path.Child("restartPolicyRules"),
            "restartPolicy alone says what is restarted");
        found.Add(container.VolumeDevices.Count > 0, path.Child("volumeDevices"), "nodes have no block volumes");
        if (container.SecurityContext is not { } context)
        {
            return;
        }

        path = path.Child("securityContext");
        found.Add(context.ProcMount == "Unmasked", path.Child("procMount"), "/proc is masked as by default");
        found.Add(context.SeLinuxOptions is not null, path.Child("seLinuxOptions"), NoSeLinux);
        found.Add(IsLocal(context.SeccompProfile), path.Child("seccompProfile"), NoLocalProfiles);
        found.Add(context.WindowsOptions is not null, path.Child("windowsOptions"), "all nodes run Linux");
    }

    private static void OfVolume(Findings found, FieldPath path, Volume volume)
    {
        var source = VolumeRules.SourcesOf(volume).FirstOrDefault();
        var isMounted = source is null or "hostPath" or "emptyDir" or "secret" or "configMap" or "downwardAPI"
            or "projected" or "image";
        if (!isMounted)
        {
            found.Add(true, path.Child(source!), "nodes cannot mount it, so the pod waits");
        }

        found.Add(
            volume.EmptyDir?.Medium?.StartsWith("HugePages", StringComparison.Ordinal) == true,
            path.Child("emptyDir", "medium"), "the volume is on disk");
        var sources = volume.Projected?.Sources ?? [];
        for (var i = 0; i < sources.Count; i++)
        {
            var at = path.Child("projected", "sources").Index(i);
            found.Add(sources[i].ServiceAccountToken is not null, at.Child("serviceAccountToken"), NoTokens);
            found.Add(sources[i].ClusterTrustBundle is not null, at.Child("clusterTrustBundle"), NoSource);
            found.Add(sources[i].PodCertificate is not null, at.Child("podCertificate"), NoSource);
        }
    }

    private static bool IsLocal(SeccompProfile? profile) => profile?.Type == "Localhost";

    private sealed class Findings
    {
        public List<string> Lines { get; } = [];

        public void Add(bool isSet, FieldPath field, string why)
        {
            if (isSet)
            {
                Lines.Add($"{field}: is not honoured: {why}");
            }
        }

        /// <summary>A field for whose sake the pod is turned away, so that nothing of it is ignored.</summary>
        public void AddRefused(bool isSet, FieldPath field, string why)
        {
            if (isSet)
            {
                Lines.Add($"{field}: cannot be satisfied: {why}");
            }
        }
    }
}
