using System.Globalization;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.PodSubnets;

/// <summary>Whose a subnet is.</summary>
/// <param name="Node">The Node's name.</param>
/// <param name="Uid">Which Node of that name: it alone may be given the subnet.</param>
/// <param name="GoneAt">Since when there is no Node of that name; null: there is one.</param>
internal sealed record SubnetClaim(string Node, string Uid, DateTimeOffset? GoneAt);

/// <summary>
/// All claims on subnets. They overlap nowhere. As the data of a ConfigMap, a line each:
/// <code>
///   10.244.0.0-24: m1 0b9c…                          m1 has it
///   10.244.1.0-24: m2 77ad… 2026-12-01T08:00:00Z     m2 had it, until its Node was deleted
/// </code>
/// </summary>
internal sealed class SubnetTable
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private readonly SortedDictionary<Subnet, SubnetClaim> _claims = [];
    private readonly Dictionary<string, Subnet> _byNode = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<Subnet, SubnetClaim> Claims => _claims;

    /// <summary>What is no claim is left out: somebody wrote it by hand.</summary>
    public static SubnetTable Read(ValueMap<string> data)
    {
        var table = new SubnetTable();
        foreach (var (key, value) in data)
        {
            if (SubnetOf(key) is { } subnet && ClaimOf(value) is { } claim && table.Overlapping(subnet).Count == 0
                && table.Of(claim.Node) is null)
            {
                table.Put(subnet, claim);
            }
        }

        return table;
    }

    public ValueMap<string> Write() => ValueMap<string>.From(_claims.Select(entry =>
        KeyValuePair.Create(entry.Key.ToString().Replace('/', '-'), Text(entry.Value))));

    /// <summary>The subnet of a Node of this name.</summary>
    public Subnet? Of(string node) => _byNode.TryGetValue(node, out var subnet) ? subnet : null;

    public void Put(Subnet subnet, SubnetClaim claim)
    {
        Remove(subnet);
        _claims.Add(subnet, claim);
        _byNode[claim.Node] = subnet;
    }

    public void Remove(Subnet subnet)
    {
        if (_claims.Remove(subnet, out var claim))
        {
            _byNode.Remove(claim.Node);
        }
    }

    public IReadOnlyList<Subnet> Overlapping(Subnet subnet) => _claims.ContainsKey(subnet)
        ? [subnet]
        : [.. _claims.Keys.Where(other => other.Overlaps(subnet))];

    private static string Text(SubnetClaim claim) => claim.GoneAt is { } gone
        ? $"{claim.Node} {claim.Uid} {gone.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}"
        : $"{claim.Node} {claim.Uid}";

    private static Subnet? SubnetOf(string key) =>
        Subnet.TryParse(key.Replace('-', '/'), out var subnet) ? subnet : null;

    private static SubnetClaim? ClaimOf(string text) => text.Split(' ') switch
    {
        [var node, var uid] => new SubnetClaim(node, uid, GoneAt: null),
        [var node, var uid, var gone] when DateTimeOffset.TryParseExact(
            gone, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) =>
            new SubnetClaim(node, uid, at),
        _ => null,
    };
}
