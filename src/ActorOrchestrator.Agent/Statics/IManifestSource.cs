using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Statics;

/// <summary>Where a node has the manifests of its static pods from.</summary>
public interface IManifestSource
{
    /// <summary>All of them, whenever they may have changed and at least every twenty seconds. Ends when
    /// cancelled.</summary>
    IAsyncEnumerable<ManifestReading> ReadingsAsync(CancellationToken cancellation);
}

/// <param name="Pods">Complete, each with a uid that is another one when its manifest is.</param>
/// <param name="Problems">By file: why it is not followed. What it said before stays among the pods.</param>
public sealed record ManifestReading(IReadOnlyList<Pod> Pods, IReadOnlyDictionary<string, string> Problems)
{
    public static readonly ManifestReading None = new([], new Dictionary<string, string>());
}
