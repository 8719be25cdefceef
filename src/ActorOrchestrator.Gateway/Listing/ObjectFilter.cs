using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>What a request's label and field selectors pick.</summary>
internal sealed class ObjectFilter(LabelMatcher labels, FieldMatcher fields)
{
    public bool IsEverything => labels.IsEverything && fields.IsEverything;

    public bool Matches(KubeObject value) =>
        labels.Matches(value.Metadata.Labels) && fields.Matches(value);

    public static ObjectFilter Parse(ApiRequest request)
    {
        var labels = LabelMatcher.Everything;
        string? problem = null;
        if (request.Query("labelSelector") is { } text && !LabelMatcher.TryParse(text, out labels, out problem))
        {
            throw Failure.BadRequest(problem);
        }

        var fields = FieldMatcher.Everything;
        if (request.Query("fieldSelector") is { } selector
            && !FieldMatcher.TryParse(request.Kind, selector, out fields, out problem))
        {
            throw Failure.BadRequest(problem);
        }

        return new ObjectFilter(labels, fields);
    }
}
