using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;

namespace ActorOrchestrator.Domain;

/// <summary>What a machine says of authorities, by their pins, with each renewal of its node's Lease.</summary>
/// <param name="Trusts">Whose certificates it believes.</param>
/// <param name="Shows">Whose certificates it shows now: what it got may wait for a restart.</param>
public sealed record TrustReport(ValueList<string> Trusts, ValueList<string> Shows)
{
    private const string TrustsAnnotation = "actor-orchestrator/trusted-authorities";
    private const string ShowsAnnotation = "actor-orchestrator/shown-authorities";

    public ValueMap<string> ToAnnotations() => ValueMap<string>.From(
    [
        new(TrustsAnnotation, string.Join(',', Trusts)), new(ShowsAnnotation, string.Join(',', Shows)),
    ]);

    /// <summary>Null when the Lease says nothing of it: its machine is of an older release.</summary>
    public static TrustReport? Read(Lease? lease) =>
        lease?.Metadata.Annotations.GetValueOrDefault(TrustsAnnotation) is { Length: > 0 } trusts
        && lease.Metadata.Annotations.GetValueOrDefault(ShowsAnnotation) is { Length: > 0 } shows
            ? new([.. trusts.Split(',')], [.. shows.Split(',')])
            : null;
}
