namespace ActorOrchestrator.Api.Core;

/// <summary>The kinds of <c>status.addresses</c> of a Node (v1, NodeAddressType).</summary>
public static class NodeAddresses
{
    public const string Internal = "InternalIP";
    public const string External = "ExternalIP";
    public const string Hostname = "Hostname";

    /// <summary>The first one at which other machines of the cluster reach it; null: it says none.</summary>
    public static string? InternalOf(Node node) => Of(node, Internal).FirstOrDefault();

    /// <summary>All of a kind, in their order.</summary>
    public static IEnumerable<string> Of(Node node, string type) =>
        node.Status.Addresses.Where(address => address.Type == type).Select(address => address.Address);
}
