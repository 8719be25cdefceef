using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>get and list.</summary>
internal sealed class ReadVerbs(ICluster cluster, ListPages pages, VersionGate gate)
{
    public async Task GetAsync(ApiRequest request)
    {
        if (ListQuery.ParseVersion(request.Query("resourceVersion")) is { } version)
        {
            await gate.WaitAsync(version, request.Aborted);
        }

        await ResponseWriter.WriteAsync(request, Existing(request));
    }

    public async Task ListAsync(ApiRequest request)
    {
        var query = ListQuery.Parse(request, watch: false);
        var page = await pages.FindAsync(request.Kind, request.Info.Namespace, query, request.Aborted);
        await ListWriter.WriteAsync(request, page);
    }

    /// <summary>The object that the path names, or 404.</summary>
    public KubeObject Existing(ApiRequest request) =>
        Find(request) ?? throw Failure.NotFound(request.Kind, request.Name);

    public KubeObject? Find(ApiRequest request) =>
        cluster.View.Get(request.Kind, request.Info.Namespace, request.Name);
}
