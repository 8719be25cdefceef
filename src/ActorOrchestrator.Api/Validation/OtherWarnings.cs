using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Api.Networking;
using ActorOrchestrator.Api.Storage;

namespace ActorOrchestrator.Api.Validation;

/// <summary>Kubernetes' warnings about what is no pod.</summary>
internal static class OtherWarnings
{
    private const string ClassAnnotation = "kubernetes.io/ingress.class";
    private const string StorageClassAnnotation = "volume.beta.kubernetes.io/storage-class";
    private const string MountOptionsAnnotation = "volume.beta.kubernetes.io/mount-options";
    private const string TopologyAnnotation = "service.kubernetes.io/topology-aware-hints";
    private const string TopologyMode = "service.kubernetes.io/topology-mode";
    private const string MountableSecrets = "kubernetes.io/enforce-mountable-secrets";

    /// <summary>An Indexed Job with more of both may fail in more indexes than its status can hold.</summary>
    private const int CompletionsSoftMax = 100_000;
    private const int ParallelismSoftMax = 10_000;

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    /// <summary>What is said of each version.</summary>
    public static void Add(List<string> warnings, KubeObject value)
    {
        switch (value)
        {
            case Service service:
                AddService(warnings, service);
                break;
            case Node { Spec.ExternalID: { Length: > 0 } }:
                warnings.Add("spec.externalID: this field is deprecated, and is unused by Kubernetes");
                break;
            case PersistentVolume volume:
                AddVolume(warnings, volume);
                break;
            case PersistentVolumeClaim claim:
                AddOld(warnings, claim, StorageClassAnnotation,
                    "deprecated since v1.8; use \"storageClassName\" attribute instead");
                VolumeWarnings.AddClaim(warnings, Spec, claim.Spec);
                break;
            case StorageClass storage:
                AddTopologies(warnings, storage);
                break;
            case NetworkPolicy policy:
                AddRanges(warnings, policy.Spec);
                break;
            case ServiceAccount account:
                AddOld(warnings, account, MountableSecrets,
                    "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets");
                break;
            case Endpoints endpoints:
                AddAddresses(warnings, endpoints);
                break;
            case EndpointSlice slice:
                AddAddresses(warnings, slice);
                break;
            default:
                break;
        }
    }

    /// <summary>What is said of a new object alone.</summary>
    public static void AddNew(List<string> warnings, KubeObject value)
    {
        if (value is Ingress { Spec.IngressClassName: null } && value.Metadata.Annotations.ContainsKey(ClassAnnotation))
        {
            warnings.Add(
                $"annotation \"{ClassAnnotation}\" is deprecated, please use 'spec.ingressClassName' instead");
        }
    }

    /// <summary>What is said of a status that is written as such.</summary>
    public static void AddStatus(List<string> warnings, KubeObject value)
    {
        var status = FieldPath.Root("status");
        var ways = status.Child("loadBalancer", "ingress");
        switch (value)
        {
            case Pod pod:
                AddEach(status.Child("podIPs"), pod.Status.PodIPs.Select(each => each.Ip), "ip");
                AddEach(status.Child("hostIPs"), pod.Status.HostIPs.Select(each => each.Ip), "ip");
                break;
            case Service service:
                AddEach(ways, service.Status.LoadBalancer.Ingress.Select(way => way.Ip), null);
                break;
            default:
                break;
        }

        void AddEach(FieldPath path, IEnumerable<string?> addresses, string? field)
        {
            foreach (var (i, address) in addresses.Index())
            {
                AddressWarnings.Add(warnings, field is null ? path.Index(i) : path.Index(i).Child(field), address);
            }
        }
    }

    public static void AddStateful(List<string> warnings, StatefulSetSpec set)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < set.VolumeClaimTemplates.Count; i++)
        {
            var (claim, path) = (set.VolumeClaimTemplates[i], Spec.Child("volumeClaimTemplates").Index(i));
            VolumeWarnings.AddClaim(warnings, path, claim.Spec);
            if (!names.Add(claim.Metadata.Name ?? ""))
            {
                warnings.Add($"{path.Child("metadata", "name")}: duplicate name \"{claim.Metadata.Name}\": pods get "
                    + "one claim of it, that of the last template");
            }
        }

        if (set.RevisionHistoryLimit < 0)
        {
            warnings.Add("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 "
                + "is recommended");
        }

        warnings.AddRange(IgnoredFields.Of(Spec, set));
    }

    public static void AddJob(List<string> warnings, JobSpec job)
    {
        if (job is { CompletionMode: "Indexed", Completions: > CompletionsSoftMax, Parallelism: > ParallelismSoftMax })
        {
            warnings.Add("In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than "
                + "10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail");
        }
    }

    private static void AddService(List<string> warnings, Service service)
    {
        var spec = service.Spec;
        if (service.Metadata.Annotations.ContainsKey(TopologyAnnotation))
        {
            warnings.Add($"annotation {TopologyAnnotation} is deprecated, please use {TopologyMode} instead");
        }

        var isExternal = spec.Type == "ExternalName";
        var isHeadless = spec is { Type: "ClusterIP", ClusterIP: "None" };
        AddressWarnings.AddAll(warnings, Spec.Child("clusterIPs"), spec.ClusterIPs);
        if (isHeadless)
        {
            AddIf(!string.IsNullOrEmpty(spec.LoadBalancerIP), "spec.loadBalancerIP is ignored for headless services");
            AddIf(spec.ExternalIPs.Count > 0, "spec.externalIPs is ignored for headless services");
            AddIf(spec.SessionAffinity != "None", "spec.SessionAffinity is ignored for headless services");
        }

        AddressWarnings.AddAll(warnings, Spec.Child("externalIPs"), spec.ExternalIPs);
        AddressWarnings.Add(warnings, Spec.Child("loadBalancerIP"), spec.LoadBalancerIP);
        for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
        {
            AddressWarnings.AddCidr(
                warnings, Spec.Child("loadBalancerSourceRanges").Index(i), spec.LoadBalancerSourceRanges[i]);
        }

        AddIf(isExternal && spec.ExternalIPs.Count > 0,
            "spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        AddIf(!isExternal && !string.IsNullOrEmpty(spec.ExternalName),
            "spec.externalName is ignored when spec.type is not \"ExternalName\"");

        void AddIf(bool holds, string warning)
        {
            if (holds)
            {
                warnings.Add(warning);
            }
        }
    }

    private static void AddVolume(List<string> warnings, PersistentVolume volume)
    {
        AddOld(warnings, volume, StorageClassAnnotation,
            "deprecated since v1.8; use \"storageClassName\" attribute instead");
        AddOld(warnings, volume, MountOptionsAnnotation,
            "deprecated since v1.31; use \"mountOptions\" attribute instead");
        if (volume.Spec.PersistentVolumeReclaimPolicy == "Recycle")
        {
            warnings.Add("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the "
                + "recommended approach is to use dynamic provisioning.");
        }

        NodeLabelWarnings.Add(
            warnings, Spec.Child("nodeAffinity").Child("required", "nodeSelectorTerms"),
            volume.Spec.NodeAffinity?.Required);
        VolumeWarnings.Add(warnings, Spec, volume.Spec);
    }

    private static void AddTopologies(List<string> warnings, StorageClass storage)
    {
        for (var i = 0; i < storage.AllowedTopologies.Count; i++)
        {
            var wanted = storage.AllowedTopologies[i].MatchLabelExpressions;
            for (var j = 0; j < wanted.Count; j++)
            {
                if (NodeLabelWarnings.Find(wanted[j].Key) is { } old)
                {
                    var path = FieldPath.Root("allowedTopologies").Index(i).Child("matchLabelExpressions").Index(j);
                    warnings.Add($"{path.Child("key")}: {old}");
                }
            }
        }
    }

    private static void AddRanges(List<string> warnings, NetworkPolicySpec policy)
    {
        for (var i = 0; i < policy.Ingress.Count; i++)
        {
            AddRanges(warnings, Spec.Child("ingress").Index(i).Child("from"), policy.Ingress[i].From);
        }

        for (var i = 0; i < policy.Egress.Count; i++)
        {
            AddRanges(warnings, Spec.Child("egress").Index(i).Child("to"), policy.Egress[i].To);
        }
    }

    private static void AddRanges(List<string> warnings, FieldPath path, ValueList<NetworkPolicyPeer> peers)
    {
        for (var i = 0; i < peers.Count; i++)
        {
            if (peers[i].IpBlock is not { } block)
            {
                continue;
            }

            var at = path.Index(i).Child("ipBlock");
            AddressWarnings.AddCidr(warnings, at.Child("cidr"), block.Cidr);
            for (var j = 0; j < block.Except.Count; j++)
            {
                AddressWarnings.AddCidr(warnings, at.Child("except").Index(j), block.Except[j]);
            }
        }
    }

    private static void AddAddresses(List<string> warnings, Endpoints endpoints)
    {
        for (var i = 0; i < endpoints.Subsets.Count; i++)
        {
            var path = FieldPath.Root("subsets").Index(i);
            Add(path.Child("addresses"), endpoints.Subsets[i].Addresses);
            Add(path.Child("notReadyAddresses"), endpoints.Subsets[i].NotReadyAddresses);
        }

        void Add(FieldPath path, ValueList<EndpointAddress> addresses)
        {
            for (var i = 0; i < addresses.Count; i++)
            {
                AddressWarnings.Add(warnings, path.Index(i).Child("ip"), addresses[i].Ip);
            }
        }
    }

    private static void AddAddresses(List<string> warnings, EndpointSlice slice)
    {
        if (slice.AddressType == "FQDN")
        {
            warnings.Add("addressType: FQDN endpoints are deprecated");
            return;
        }

        for (var i = 0; i < slice.Endpoints.Count; i++)
        {
            AddressWarnings.AddAll(
                warnings, FieldPath.Root("endpoints").Index(i).Child("addresses"), slice.Endpoints[i].Addresses);
        }
    }

    private static void AddOld(List<string> warnings, KubeObject value, string annotation, string message)
    {
        if (value.Metadata.Annotations.ContainsKey(annotation))
        {
            warnings.Add($"metadata.annotations[{annotation}]: {message}");
        }
    }
}
