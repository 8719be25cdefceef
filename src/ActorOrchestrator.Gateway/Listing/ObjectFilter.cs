using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>What a request's label and field selectors pick; of one that names an object (<c>/watch/…/name</c>), that
/// object only.</summary>
internal sealed class ObjectFilter(string? name, LabelMatcher labels, FieldMatcher fields)
{
    public bool IsEverything => name is null && labels.IsEverything && fields.IsEverything;

    public bool Matches(KubeObject value) => (name is null || value.Metadata.Name == name)
        && labels.Matches(value.Metadata.Labels) && fields.Matches(value);

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
            && !FieldMatcher.TryParse(request.Kind, Stored(request, selector), out fields, out problem))
        {
            throw Failure.BadRequest(problem);
        }

        return new ObjectFilter(request.Info.Name, labels, fields);
    }

    private static string Stored(ApiRequest request, string selector) =>
        request.Format.Face?.StoredSelector(selector) ?? selector;
}
