using System.Text.Json;
using System.Text.Json.Serialization;
using ActorOrchestrator.Domain.PodSubnets;

namespace ActorOrchestrator.Agent.Network;

/// <summary>What an agent knows of its pod network from before, so that its pods start while nobody can be asked: in a
/// file of the runtime's directory.</summary>
/// <param name="Subnet">Of this machine's pods.</param>
/// <param name="Cluster">Of the pods of all machines; null: not known yet.</param>
/// <param name="Mtu">Of the pods' interfaces.</param>
/// <param name="Former">Subnets that this machine had, and that pods may still have addresses of.</param>
/// <param name="UsesVxlan">Some other machine was reached by VXLAN.</param>
internal sealed record PodNetworkState(
    string Subnet, string? Cluster, int Mtu, IReadOnlyList<string> Former, bool UsesVxlan)
{
    private const string FileName = "pod-network.json";

    /// <summary>Null: nothing is known. A machine of an earlier release has a configuration of CNI alone.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static PodNetworkState? Read(string directory, string cniDirectory)
    {
        var path = Path.Combine(directory, FileName);
        if (File.Exists(path))
        {
            return Parse(path, File.ReadAllText(path));
        }

        return HostNetwork.ConfiguredSubnet(cniDirectory) is { } subnet
            ? new PodNetworkState(subnet, Cluster: null, Underlay.UsualMtu, Former: [], UsesVxlan: false)
            : null;
    }

    /// <summary>A file that is damaged may be the only one that says which addresses its pods have.</summary>
    private static PodNetworkState Parse(string path, string text)
    {
        string why;
        try
        {
            if (JsonSerializer.Deserialize(text, PodNetworkJson.Default.PodNetworkState) is
                { Former: not null } state && Domain.PodSubnets.Subnet.TryParse(state.Subnet, out _)
                && (state.Cluster is null || Domain.PodSubnets.Subnet.TryParse(state.Cluster, out _)))
            {
                return state;
            }

            why = "it names no subnet";
        }
        catch (JsonException wrong)
        {
            why = wrong.Message;
        }

        throw new InvalidDataException($"{path} is damaged ({why}): delete it, and the cluster gives the machine its "
            + "subnet again");
    }

    public void Write(string directory)
    {
        var path = Path.Combine(directory, FileName);
        // Renamed into place, so that nobody reads half of it.
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, PodNetworkJson.Default.PodNetworkState));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>As it is when the cluster has given the machine a subnet.</summary>
    public static PodNetworkState Assigned(PodNetworkState? before, Subnet subnet, Subnet cluster) =>
        before is null
            ? new PodNetworkState($"{subnet}", $"{cluster}", Underlay.UsualMtu, Former: [], UsesVxlan: false)
            : before with
            {
                Subnet = $"{subnet}",
                Cluster = $"{cluster}",
                Former = before.Subnet == $"{subnet}" ? before.Former
                    : [.. before.Former.Append(before.Subnet).Distinct().Where(former => former != $"{subnet}")],
            };

    public bool Equals(PodNetworkState? other) => other is not null && other.Subnet == Subnet
        && other.Cluster == Cluster && other.Mtu == Mtu && other.UsesVxlan == UsesVxlan
        && other.Former.SequenceEqual(Former);

    public override int GetHashCode() => HashCode.Combine(Subnet, Cluster, Mtu, UsesVxlan);
}

[JsonSerializable(typeof(PodNetworkState))]
internal sealed partial class PodNetworkJson : JsonSerializerContext;
