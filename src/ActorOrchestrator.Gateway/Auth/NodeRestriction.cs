using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>
/// Of what a node may write, that it is its own (Kubernetes' admission plugin NodeRestriction, with its words): its
/// Node, but for taints, owners, its pods' subnet, who carries it, labels that others place pods by, and addresses of
/// others; the status of pods that are bound to it; mirrors of its static pods; its Lease. What it writes as the status
/// of its Node or of a pod is its agent's report, which the entity takes in as one: what others have written there
/// stays. Judged is what the view shows, and only that is written: an entity that is ahead of it refuses.
/// </summary>
internal sealed class NodeRestriction(IClusterView view)
{
    /// <summary>No object has this version.</summary>
    private const string Never = "0";

    private static readonly ResourceKind Pods = KindRegistry.Of<Pod>();
    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();

    /// <returns>What is sent to the entity, or why nothing is.</returns>
    public (Command? Meant, Status? Refusal) Judge(string node, EntityKey to, Command command)
    {
        var (meant, refusal) = to.Resource switch
        {
            "nodes" => OfNode(node, to, command),
            "pods" => OfPod(node, to, command),
            "leases.coordination.k8s.io" => OfLease(node, to, command),
            "events" => (command, null),
            _ => (null, $"node \"{node}\" is not allowed to write this"),
        };
        return refusal is not null ? (null, Statuses.Forbidden(to.Resource, to.Name, refusal))
            : meant is null ? (null, Statuses.NotFound(to.Resource, to.Name))
            : (meant, null);
    }

    /// <summary>Whether a write, once it is accepted, says that the node lives.</summary>
    public static bool IsSignOfLife(EntityKey to, Command command) =>
        to.Resource == "leases.coordination.k8s.io" && command is Create or Replace && !command.DryRun;

    private (Command? Meant, string? Refusal) OfNode(string node, EntityKey to, Command command)
    {
        if (to.Name != node)
        {
            return (null, $"node \"{node}\" is not allowed to modify node \"{to.Name}\"");
        }

        return (command, view.Get(Nodes, null, node) as Node) switch
        {
            (Create { Object: Node created }, _) =>
                (command, OfNew(node, created) ?? OfAddresses(node, new Node(), created)),
            (_, null) => (null, null),
            (Replace { Subresource: Subresources.Status, Object: Node reported }, { } current) =>
                Reported(node, current, reported) ?? (command.DryRun ? command : Report(current, reported),
                    OfAddresses(node, current, reported)),
            (Replace { Subresource: null, Object: Node changed } replace, { } current) =>
                (AsSeen(replace, current), OfChanged(node, current, changed)),
            _ => (null, $"node \"{node}\" is not allowed to do this to its Node"),
        };
    }

    private static Command Report(Node current, Node reported) =>
        reported.Status == current.Status ? new NodeLives() : new NodeHeartbeat(reported.Status);

    private static string? OfNew(string node, Node created)
    {
        var forbidden = RestrictedLabels.Of(created.Metadata.Labels.Keys);
        return forbidden.Length > 0 ? $"node \"{node}\" is not allowed to set the following labels: {forbidden}"
            : created.Metadata.OwnerReferences.Count > 0 ? $"node \"{node}\" is not allowed to set ownerReferences"
            : SetsSubnet(new Node(), created) ? $"node \"{node}\" is not allowed to set its podCIDR"
            : SetsMember(new Node(), created) ? $"node \"{node}\" is not allowed to say which member carries it"
            : null;
    }

    private static string? OfChanged(string node, Node current, Node changed)
    {
        if (!changed.Spec.Taints.Equals(current.Spec.Taints))
        {
            return $"node \"{node}\" is not allowed to modify taints";
        }

        if (!changed.Metadata.OwnerReferences.Equals(current.Metadata.OwnerReferences))
        {
            return $"node \"{node}\" is not allowed to modify ownerReferences";
        }

        if (SetsSubnet(current, changed))
        {
            return $"node \"{node}\" is not allowed to modify its podCIDR";
        }

        if (SetsMember(current, changed))
        {
            return $"node \"{node}\" is not allowed to say which member carries it";
        }

        var (before, after) = (current.Metadata.Labels, changed.Metadata.Labels);
        var forbidden = RestrictedLabels.Of(before.Keys.Union(after.Keys).Where(label =>
            before.GetValueOrDefault(label) != after.GetValueOrDefault(label)));
        return forbidden.Length > 0 ? $"node \"{node}\" is not allowed to modify labels: {forbidden}" : null;
    }

    /// <summary>Others send the pods of a subnet to the machine that has it: the cluster says which one does.</summary>
    private static bool SetsSubnet(Node current, Node changed) => changed.Spec.PodCIDR != current.Spec.PodCIDR
        || !changed.Spec.PodCIDRs.Equals(current.Spec.PodCIDRs)
        || changed.Metadata.Annotations.GetValueOrDefault(PodSubnetNotes.ClusterAnnotation)
            != current.Metadata.Annotations.GetValueOrDefault(PodSubnetNotes.ClusterAnnotation);

    /// <summary>A node that a member carries goes with that, so it could not be removed.</summary>
    private static bool SetsMember(Node current, Node changed) => MemberNote.Of(current) != MemberNote.Of(changed);

    /// <summary>Others send a node's pods, and requests for their logs, to its addresses.</summary>
    private string? OfAddresses(string node, Node current, Node reported)
    {
        var added = reported.Status.Addresses.Except(current.Status.Addresses).Select(each => each.Address).ToHashSet();
        var others = view.List(Nodes, null).Objects.Cast<Node>().Where(other => other.Metadata.Name != node);
        return added.Count > 0 && others.FirstOrDefault(other =>
            other.Status.Addresses.Any(each => added.Contains(each.Address))) is { } holder
            ? $"node \"{node}\" is not allowed to report an address of node \"{holder.Metadata.Name}\""
            : null;
    }

    private (Command? Meant, string? Refusal) OfPod(string node, EntityKey to, Command command)
    {
        if (command is Create { Object: Pod mirror })
        {
            return (command, OfMirror(node, mirror));
        }

        if (view.Get(Pods, to.Namespace, to.Name) is not Pod current)
        {
            return (null, null);
        }

        var isOurs = current.Spec.NodeName == node;
        return command switch
        {
            Delete delete => isOurs
                ? (OfThatPod(delete, current), null)
                : (null, $"node \"{node}\" can only delete pods with spec.nodeName set to itself"),
            Replace { Subresource: Subresources.Status, Object: Pod reported } => isOurs
                ? Reported(node, current, reported) ?? (command.DryRun ? command : Report(current, reported), null)
                : (null, $"node \"{node}\" can only update pod status for pods with spec.nodeName set to itself"),
            _ => (null, $"node \"{node}\" is not allowed to modify pods"),
        };
    }

    /// <summary>A deletion without grace of a pod that is going says that nothing of it runs any more. Null: another
    /// pod of the name is meant.</summary>
    private static Command? OfThatPod(Delete delete, Pod current)
    {
        var uid = current.Metadata.Uid!;
        var wanted = delete.Options.Preconditions ?? new Preconditions();
        if (wanted.Uid is { Length: > 0 } given && given != uid)
        {
            return null;
        }

        return delete is { DryRun: false, Options.GracePeriodSeconds: 0 }
            && current.Metadata.DeletionTimestamp is not null
            ? new PodStopped(uid, null)
            : delete with { Options = delete.Options with { Preconditions = wanted with { Uid = uid } } };
    }

    /// <summary>Its agent knows a static pod by another uid than the API. Null: another pod of the name is
    /// meant.</summary>
    private static PodStatusReported? Report(Pod current, Pod reported)
    {
        var known = StaticPods.UidOnNode(current)!;
        var said = reported.Metadata.Uid;
        return string.IsNullOrEmpty(said) || said == current.Metadata.Uid || said == known
            ? new PodStatusReported(known, reported.Status)
            : null;
    }

    private string? OfMirror(string node, Pod pod)
    {
        if (!StaticPods.IsMirror(pod))
        {
            return $"pod does not have \"{StaticPods.MirrorAnnotation}\" annotation, node \"{node}\" can only create "
                + "mirror pods";
        }

        if (pod.Spec.NodeName != node)
        {
            return $"node \"{node}\" can only create pods with spec.nodeName set to itself";
        }

        if (pod.Metadata.OwnerReferences is not [{ ApiVersion: "v1", Kind: "Node" } owner] || owner.Name != node)
        {
            return $"node \"{node}\" can only create pods with an owner reference set to itself";
        }

        if (owner.Controller != true)
        {
            return $"node \"{node}\" can only create pods with a controller owner reference set to itself";
        }

        if (owner.BlockOwnerDeletion == true)
        {
            return $"node \"{node}\" must not set blockOwnerDeletion on an owner reference";
        }

        if (view.Get(Nodes, null, node) is { Metadata.Uid: var uid } && uid != owner.Uid)
        {
            return $"node \"{node}\" UID mismatch: expected {uid} got {owner.Uid}";
        }

        return StaticPods.References(pod.Spec).FirstOrDefault() is { } reference
            ? $"node \"{node}\" can not create pods that reference {reference}"
            : null;
    }

    private static (Command? Meant, string? Refusal) OfLease(string node, EntityKey to, Command command) =>
        to.Namespace == NodeAuthorizer.LeaseNamespace && to.Name == node
            ? (command, null)
            : (null, "can only access node lease with the same name as the requesting node");

    /// <summary>A report is of the status alone: what else it would change is refused, not left out.</summary>
    private static (Command?, string? Refusal)? Reported(string node, KubeObject current, KubeObject reported)
    {
        var (stored, said) = (current.Metadata, reported.Metadata);
        var isMore = said.Labels.Any(label => stored.Labels.GetValueOrDefault(label.Key) != label.Value)
            || said.Annotations.Any(note => stored.Annotations.GetValueOrDefault(note.Key) != note.Value);
        return isMore
            ? (null, $"node \"{node}\" cannot update labels or annotations through {(current is Pod ? "pod" : "node")} "
                + "status")
            : null;
    }

    /// <summary>Only onto what was judged. Who names another version is told that it is not the object's.</summary>
    private static Replace AsSeen(Replace replace, KubeObject current)
    {
        var version = current.Metadata.ResourceVersion;
        var said = replace.ExpectedVersion;
        return string.IsNullOrEmpty(said) || said == version
            ? replace with
            {
                Object = replace.Object with
                {
                    Metadata = replace.Object.Metadata with { ResourceVersion = version },
                },
            }
            : replace with
            {
                Object = replace.Object with { Metadata = replace.Object.Metadata with { ResourceVersion = Never } },
            };
    }
}

/// <summary>Labels that a node may not give itself: pods with secrets may be placed by them.</summary>
internal static class RestrictedLabels
{
    private const string Restricted = "node-restriction.kubernetes.io";

    private static readonly string[] OfKubelet =
    [
        "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os",
        "beta.kubernetes.io/arch", "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
        "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type",
    ];

    /// <summary>Those of some that a node may not set, as a list; empty when it may set all.</summary>
    public static string Of(IEnumerable<string> labels) =>
        string.Join(", ", labels.Where(IsRestricted).Order(StringComparer.Ordinal));

    private static bool IsRestricted(string label)
    {
        var slash = label.IndexOf('/', StringComparison.Ordinal);
        var prefix = slash < 0 ? "" : label[..slash];
        if (IsOrBelow(prefix, Restricted))
        {
            return true;
        }

        return (IsOrBelow(prefix, "kubernetes.io") || IsOrBelow(prefix, "k8s.io"))
            && !OfKubelet.Contains(label, StringComparer.Ordinal)
            && !IsOrBelow(prefix, "kubelet.kubernetes.io") && !IsOrBelow(prefix, "node.kubernetes.io");
    }

    private static bool IsOrBelow(string prefix, string domain) =>
        prefix == domain || prefix.EndsWith("." + domain, StringComparison.Ordinal);
}
