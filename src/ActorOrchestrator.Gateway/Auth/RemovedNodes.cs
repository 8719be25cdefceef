using System.Globalization;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>
/// Machines that were taken out of the cluster, and when: a node's certificate that was issued before is not believed
/// any more. They are in the ConfigMap <c>removed-nodes</c> of <c>kube-system</c>, a key for each name, for as long as
/// such a certificate may hold. Whoever takes an entry out lets the machine in again.
/// </summary>
public static class RemovedNodes
{
    public const string Name = "removed-nodes";
    public const string Namespace = "kube-system";

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly ResourceKind ConfigMaps = KindRegistry.Of<ConfigMap>();

    public static EntityKey Key => EntityKey.Of(ConfigMaps, Namespace, Name);

    /// <summary>When the node was removed last; null: it was not.</summary>
    public static DateTimeOffset? At(IClusterView view, string node) => Read(Stored(view), node);

    /// <summary>When certificates of a node are issued that is to be let in: after it was removed, whatever this
    /// member's clock says.</summary>
    public static DateTimeOffset NextIssue(IClusterView view, string node, DateTimeOffset now) =>
        At(view, node) is { } removed && removed >= now && removed < DateTimeOffset.MaxValue
            ? removed + TimeSpan.FromSeconds(1)
            : now;

    /// <summary>What is written to remove a node: the whole, as it was seen.</summary>
    /// <param name="view">What is known.</param>
    /// <param name="node">Its name.</param>
    /// <param name="now">The time.</param>
    /// <param name="keep">How long a certificate holds at most.</param>
    public static Command Removal(IClusterView view, string node, DateTimeOffset now, TimeSpan keep)
    {
        var stored = Stored(view);
        var second = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero)
            + TimeSpan.FromSeconds(1);
        var data = (stored?.Data ?? ValueMap<string>.Empty)
            .Where(entry => entry.Key != node && Parse(entry.Value) > now - keep)
            .Append(KeyValuePair.Create(node, second.ToString(Format, CultureInfo.InvariantCulture)));
        return stored is null
            ? new Create(new ConfigMap
            {
                Metadata = new ObjectMeta { Name = Name, Namespace = Namespace }, Data = ValueMap<string>.From(data),
            })
            : new Replace(stored with { Data = ValueMap<string>.From(data) });
    }

    /// <summary>Why a certificate of a node that was issued then does not count; null: it does.</summary>
    internal static Status? Refusal(IClusterView view, string node, DateTimeOffset issued) =>
        At(view, node) is { } removed && issued <= removed
            ? Statuses.Failure(HttpCode.Unauthorized, StatusReasons.Unauthorized,
                $"node \"{node}\" was removed from the cluster at {removed:u}, and its certificate was issued before: "
                + "'orchestrator reset' on the machine and 'orchestrator join --role node' let it in again")
            : null;

    private static ConfigMap? Stored(IClusterView view) => view.Get(ConfigMaps, Namespace, Name) as ConfigMap;

    private static DateTimeOffset? Read(ConfigMap? stored, string node) =>
        stored is not null && stored.Data.TryGetValue(node, out var text) ? Parse(text) : null;

    /// <summary>What cannot be read removes for ever: a typing error lets nobody in.</summary>
    private static DateTimeOffset Parse(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.MaxValue;
}
