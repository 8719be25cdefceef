using System.Globalization;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Machines that were taken out of the cluster, and when: a ConfigMap of <c>kube-system</c> with a key for
/// each. Whoever takes an entry out lets the machine in again.</summary>
/// <param name="Name">The ConfigMap's.</param>
public sealed record RemovalList(string Name)
{
    public const string Namespace = "kube-system";

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly ResourceKind ConfigMaps = KindRegistry.Of<ConfigMap>();

    public EntityKey Key => EntityKey.Of(ConfigMaps, Namespace, Name);

    /// <summary>When the node was removed last; null: it was not.</summary>
    public DateTimeOffset? At(IClusterView view, string node) => At(Stored(view), node);

    /// <param name="stored">The ConfigMap; null: there is none.</param>
    /// <param name="node">Which machine.</param>
    public static DateTimeOffset? At(KubeObject? stored, string node) =>
        stored is ConfigMap list && list.Data.TryGetValue(node, out var text) ? Parse(text) : null;

    /// <summary>What is written to remove a node: the whole, as it was seen.</summary>
    /// <param name="view">What is known.</param>
    /// <param name="node">Its name.</param>
    /// <param name="now">The time.</param>
    /// <param name="keep">For how long entries count.</param>
    public Command Removal(IClusterView view, string node, DateTimeOffset now, TimeSpan keep)
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

    /// <summary>What is written to let a node in again; null: it is not in the list.</summary>
    public Command? Return(IClusterView view, string node) =>
        Stored(view) is { } stored && stored.Data.ContainsKey(node)
            ? new Replace(stored with
            {
                Data = ValueMap<string>.From(stored.Data.Where(entry => entry.Key != node)),
            })
            : null;

    private ConfigMap? Stored(IClusterView view) => view.Get(ConfigMaps, Namespace, Name) as ConfigMap;

    /// <summary>What cannot be read removes for ever: a typing error lets nobody in.</summary>
    private static DateTimeOffset Parse(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.MaxValue;
}
