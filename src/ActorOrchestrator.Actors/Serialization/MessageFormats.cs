using System.Collections.Frozen;
using System.Text.Json;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Namespaces;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.PersistentVolumeClaims;
using ActorOrchestrator.Domain.PodDisruptionBudgets;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.PodSubnets;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Actors.Serialization;

/// <summary>Every message that goes from one member to another inside an <see cref="EntityEnvelope"/>. To add one: a
/// line here, and a golden sample. An entity's timers stay in its member and have no format.</summary>
public static class MessageFormats
{
    public static readonly IReadOnlyList<MessageFormat> All =
    [
        Of<Create>("create.v1"),
        Of<Replace>("replace.v1"),
        Of<SetScale>("set-scale.v1"),
        Of<Delete>("delete.v1"),
        Of<BindPod>("bind-pod.v1"),
        Of<ChildReport>("child-report.v1"),
        Of<ChildRefused>("child-refused.v1"),
        Of<ReportToOwner>("report-to-owner.v1"),
        Of<Resync>("resync.v1"),
        Of<AdoptableFound>("adoptable-found.v1"),
        Of<Adopt>("adopt.v1"),
        Of<Release>("release.v1"),
        Of<ResizeReplicaSet>("resize-replica-set.v1"),
        Of<FinalizerDone>("finalizer-done.v1"),
        Of<NamespaceContent>("namespace-content.v1"),
        Of<PodStatusReported>("pod-status-reported.v1"),
        Of<PodStopped>("pod-stopped.v1"),
        Of<PodUnschedulable>("pod-unschedulable.v1"),
        Of<DisruptPod>("disrupt-pod.v1"),
        Of<BudgetCounted>("budget-counted.v1"),
        Of<NodesMatched>("nodes-matched.v1"),
        Of<RenumberRevision>("renumber-revision.v1"),
        Of<ProvideVolumeClaim>("provide-volume-claim.v1"),
        Of<VolumeClaimProvided>("volume-claim-provided.v1"),
        Of<RegisterNode>("register-node.v1"),
        Of<NodeHeartbeat>("node-heartbeat.v1"),
        Of<NodeStopping>("node-stopping.v1"),
        Of<MemberUnheard>("member-unheard.v1"),
        Of<MachineHeard>("machine-heard.v1"),
        Of<MachineUnheard>("machine-unheard.v1"),
        Of<CarrierUnheard>("carrier-unheard.v1"),
        Of<NodeLives>("node-lives.v1"),
        Of<RenewNodeLease>("renew-node-lease.v1"),
        Of<AssignPodSubnet>("assign-pod-subnet.v1"),
        Of<NoPodSubnet>("no-pod-subnet.v1"),
        Of<Wake>("wake.v1"),
    ];

    private static readonly FrozenDictionary<Type, MessageFormat> ByType =
        All.ToFrozenDictionary(format => format.Type);

    private static readonly FrozenDictionary<string, MessageFormat> ByManifest =
        All.ToFrozenDictionary(format => format.Manifest, StringComparer.Ordinal);

    public static MessageFormat For(Message message) => ByType.GetValueOrDefault(message.GetType())
        ?? throw new InvalidOperationException(
            $"{message.GetType().Name} has no manifest (see {nameof(MessageFormats)})");

    /// <returns>Null when the manifest is unknown.</returns>
    public static MessageFormat? Find(string manifest) => ByManifest.GetValueOrDefault(manifest);

    private static MessageFormat Of<T>(string manifest) where T : Message => new(
        manifest, typeof(T),
        message => JsonSerializer.SerializeToUtf8Bytes((T)message, MessageJson.Of<T>()),
        bytes => JsonSerializer.Deserialize(bytes.Span, MessageJson.Of<T>())
            ?? throw new JsonException($"{manifest} is null"));
}

/// <summary>How one kind of message crosses the network.</summary>
public sealed record MessageFormat(
    string Manifest, Type Type, Func<Message, byte[]> Encode, Func<ReadOnlyMemory<byte>, Message> Decode);
