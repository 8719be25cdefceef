using System.Net;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;

namespace ActorOrchestrator.Domain.ApiServers;

/// <summary>The Lease by which a member of the control plane says that it serves the API, as kube-apiserver's identity
/// lease does; and, in an annotation, where.</summary>
public static class ApiServerLeases
{
    public const string Namespace = "kube-system";

    /// <summary>How often the Lease is renewed, and for how long it holds: a member may miss one renewal and be late
    /// with another.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(10);

    public const int DurationSeconds = 30;

    private const string IdentityLabel = "apiserver.kubernetes.io/identity";
    private const string Identity = "kube-apiserver";
    private const string HostLabel = "kubernetes.io/hostname";
    private const string AddressesAnnotation = "actor-orchestrator/api-addresses";
    private const string NodeAnnotation = "actor-orchestrator/node";

    /// <param name="id">What is this member's own, and stays over restarts.</param>
    /// <param name="activation">What is this start's own.</param>
    /// <param name="host">The machine's name.</param>
    /// <param name="node">The node that is this member's.</param>
    /// <param name="addresses">Where the member serves.</param>
    public static Lease Of(
        string id, string activation, string host, string node, IEnumerable<IPEndPoint> addresses) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"apiserver-{id}",
            Namespace = Namespace,
            Labels = ValueMap<string>.From([new(IdentityLabel, Identity), new(HostLabel, host)]),
            Annotations = ValueMap<string>.From(
            [
                new(AddressesAnnotation, string.Join(',', addresses)), new(NodeAnnotation, node),
            ]),
        },
        Spec = new LeaseSpec
        {
            HolderIdentity = $"apiserver-{id}_{activation}", LeaseDurationSeconds = DurationSeconds,
        },
    };

    /// <summary>Where the member of a node serves; null when none says that it does. Leases that hold no more are
    /// deleted; of several the one renewed last counts.</summary>
    public static IPEndPoint? AddressOf(string node, IEnumerable<Lease> leases) => leases
        .Where(lease => Is(lease) && lease.Metadata.Annotations.GetValueOrDefault(NodeAnnotation) == node)
        .OrderByDescending(lease => lease.Spec.RenewTime?.Value).SelectMany(AddressesOf).FirstOrDefault();

    /// <summary>Whether it is such a Lease.</summary>
    public static bool Is(KubeObject? value) =>
        value is Lease && value.Metadata.Namespace == Namespace
        && value.Metadata.Labels.GetValueOrDefault(IdentityLabel) == Identity;

    /// <summary>Where its member serves.</summary>
    public static IEnumerable<IPEndPoint> AddressesOf(Lease lease)
    {
        var text = lease.Metadata.Annotations.GetValueOrDefault(AddressesAnnotation) ?? "";
        foreach (var one in text.Split(','))
        {
            if (IPEndPoint.TryParse(one, out var address) && address.Port > 0)
            {
                yield return address;
            }
        }
    }
}
