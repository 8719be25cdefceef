using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>What a request's label and field selectors pick.</summary>
internal sealed class ObjectFilter(LabelMatcher labels, FieldSelector? fields)
{
    public bool IsEverything => labels.IsEverything && fields is null;

    public bool Matches(KubeObject value) =>
        labels.Matches(value.Metadata.Labels) && (fields is null || fields.Matches(value));

    public static ObjectFilter Parse(ApiRequest request)
    {
        var labels = LabelMatcher.Everything;
        if (request.Query("labelSelector") is { } text && !LabelMatcher.TryParse(text, out labels, out var problem))
        {
            throw Failure.BadRequest(problem);
        }

        var fields = request.Query("fieldSelector") is { } selector
            ? FieldSelector.Parse(selector, request.Kind)
            : null;
        return new ObjectFilter(labels, fields);
    }
}
