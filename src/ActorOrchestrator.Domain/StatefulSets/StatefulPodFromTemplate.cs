using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.PersistentVolumeClaims;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>What belongs to one number of a StatefulSet: its pod, and the claims that the pod mounts.</summary>
public static class StatefulPodFromTemplate
{
    public const string PodNameLabel = "statefulset.kubernetes.io/pod-name";
    public const string PodIndexLabel = "apps.kubernetes.io/pod-index";

    private const string DeletePolicy = "Delete";

    public static string PodName(string set, int ordinal) =>
        string.Create(CultureInfo.InvariantCulture, $"{set}-{ordinal}");

    public static string ClaimName(string template, string pod) => $"{template}-{pod}";

    /// <summary>The number in a pod's name; null if it is no name of a pod of the set.</summary>
    public static int? OrdinalOf(string set, string pod)
    {
        var digits = pod.StartsWith(set + "-", StringComparison.Ordinal) ? pod[(set.Length + 1)..] : "";
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            && PodName(set, ordinal) == pod
            ? ordinal
            : null;
    }

    /// <summary>The pod, of a template that the set has, or has had.</summary>
    public static Pod Create(StatefulSet owner, PodTemplateSpec template, StatefulPodClaim claim, int ordinal)
    {
        var labels = template.Metadata.Labels.With(RevisionHistory.HashLabel, claim.Revision)
            .With(PodNameLabel, claim.Name)
            .With(PodIndexLabel, ordinal.ToString(CultureInfo.InvariantCulture));
        return PodFromTemplate.Create(
            owner,
            template with
            {
                Metadata = template.Metadata with { Labels = labels },
                Spec = template.Spec with
                {
                    Hostname = claim.Name,
                    Subdomain = owner.Spec.ServiceName is { Length: > 0 } service ? service : null,
                    Volumes = Volumes(owner.Spec, template.Spec.Volumes, claim.Name),
                },
            },
            claim);
    }

    /// <summary>What each of the claims of a pod is asked to be. Of several templates of one name the last one
    /// counts.</summary>
    /// <param name="self">The set.</param>
    /// <param name="owner">The same.</param>
    /// <param name="ordinal">The pod's number.</param>
    /// <param name="podUid">The pod's uid; null before there is one.</param>
    /// <param name="creates">The claims are made where they are not there.</param>
    public static IEnumerable<ProvideVolumeClaim> Claims(
        EntityKey self, StatefulSet owner, int ordinal, string? podUid, bool creates)
    {
        var pod = PodName(self.Name, ordinal);
        var keeper = Keeper(owner, ordinal, podUid);
        foreach (var template in owner.Spec.VolumeClaimTemplates
            .GroupBy(template => template.Metadata.Name, StringComparer.Ordinal).Select(alike => alike.Last()))
        {
            var labels = (owner.Spec.Selector ?? LabelSelector.Empty).MatchLabels
                .Aggregate(template.Metadata.Labels, (all, label) => all.With(label.Key, label.Value));
            yield return new ProvideVolumeClaim(
                self, owner.Metadata.Uid!, pod, podUid,
                Defaults.Apply(new PersistentVolumeClaim
                {
                    Metadata = new ObjectMeta
                    {
                        Name = ClaimName(template.Metadata.Name!, pod),
                        Namespace = self.Namespace,
                        Labels = labels,
                        Annotations = template.Metadata.Annotations,
                        Finalizers = template.Metadata.Finalizers,
                        OwnerReferences = keeper is null ? [] : [keeper],
                    },
                    Spec = template.Spec,
                }),
                creates);
        }
    }

    public static bool IsInRange(StatefulSetSpec spec, int ordinal) =>
        ordinal >= StartOf(spec) && ordinal - StartOf(spec) < (spec.Replicas ?? 1);

    public static int StartOf(StatefulSetSpec spec) => spec.Ordinals?.Start ?? 0;

    private static OwnerReference? Keeper(StatefulSet owner, int ordinal, string? podUid)
    {
        var policy = owner.Spec.PersistentVolumeClaimRetentionPolicy;
        var pod = podUid is null ? null : Owners.ReferenceTo(new Pod
        {
            Metadata = new ObjectMeta { Name = PodName(owner.Metadata.Name!, ordinal), Uid = podUid },
        });
        return VolumeClaimOwners.Keeper(
            policy?.WhenDeleted == DeletePolicy, policy?.WhenScaled == DeletePolicy, !IsInRange(owner.Spec, ordinal),
            Owners.ReferenceTo(owner), pod);
    }

    /// <summary>A claim takes the place of a volume of its name.</summary>
    private static ValueList<Volume> Volumes(StatefulSetSpec spec, ValueList<Volume> volumes, string pod)
    {
        var names = spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name!).Distinct().ToList();
        return
        [
            .. names.Select(name => new Volume
            {
                Name = name, PersistentVolumeClaim = new() { ClaimName = ClaimName(name, pod) },
            }),
            .. volumes.Where(volume => !names.Contains(volume.Name)),
        ];
    }
}
