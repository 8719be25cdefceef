using System.Collections.Frozen;
using Akka.Actor;
using Akka.Cluster.Serialization;

namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>Akka.Cluster's own serializer, which counts what it writes and reads: the only place that all of gossip
/// passes.</summary>
public sealed class CountedClusterSerializer(ExtendedActorSystem system) : ClusterMessageSerializer(system)
{
    private const string Other = "membership";

    /// <summary>By Akka's manifests. What a machine says when it joins or leaves is counted together.</summary>
    private static readonly FrozenDictionary<string, string> Kinds = new Dictionary<string, string>
    {
        ["HB"] = "heartbeat",
        ["HBR"] = "heartbeat-answer",
        ["Akka.Cluster.GossipEnvelope, Akka.Cluster"] = "gossip",
        ["Akka.Cluster.GossipStatus, Akka.Cluster"] = "gossip-status",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>That of the serializer in whose place it stands, so that members without it understand.</summary>
    public override int Identifier => 5;

    public override byte[] ToBinary(object obj)
    {
        var bytes = base.ToBinary(obj);
        ClusterInstruments.Shared.Told(KindOf(Manifest(obj)), ClusterInstruments.Sent, bytes.Length);
        return bytes;
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ClusterInstruments.Shared.Told(KindOf(manifest), ClusterInstruments.Received, bytes.Length);
        return base.FromBinary(bytes, manifest);
    }

    private static string KindOf(string manifest) => Kinds.GetValueOrDefault(manifest) ?? Other;
}
