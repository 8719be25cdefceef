namespace ActorOrchestrator.Api;

/// <summary>
/// A second face of a kind: the same objects under another group or version. What comes in by it is turned into the
/// stored kind before anything else looks at it, and turned back on its way out.
/// </summary>
/// <param name="Shown">The kind as clients of the face know it.</param>
/// <param name="Stored">The kind that there is.</param>
public sealed record ApiFace(ResourceKind Shown, ResourceKind Stored)
{
    /// <summary>The face that a served kind is; null for one that is stored itself.</summary>
    public static ApiFace? Of(ResourceKind kind) =>
        kind.StoredAs is { } stored ? new ApiFace(kind, KindRegistry.Of(stored)) : null;

    public KubeObject ToStored(KubeObject shown) => shown switch
    {
        Events.Event @event => @event.ToStored(),
        Autoscaling.V1.HorizontalPodAutoscaler autoscaler => autoscaler.ToStored(),
        _ => shown with { ApiVersion = Stored.ApiVersion },
    };

    public KubeObject FromStored(KubeObject stored) => stored switch
    {
        Core.Event @event => Events.Event.Of(@event),
        Autoscaling.HorizontalPodAutoscaler autoscaler => Autoscaling.V1.HorizontalPodAutoscaler.Of(autoscaler),
        _ => stored with { ApiVersion = Shown.ApiVersion },
    };

    /// <summary>A field selector with the names that the stored kind has.</summary>
    public string StoredSelector(string selector) => Shown.ClrType != typeof(Events.Event)
        ? selector
        : string.Join(',', selector.Split(',').Select(each =>
            each.StartsWith("regarding.", StringComparison.Ordinal) ? "involvedObject." + each["regarding.".Length..]
            : each.StartsWith("reportingController", StringComparison.Ordinal)
                ? "reportingComponent" + each["reportingController".Length..]
            : each));
}
