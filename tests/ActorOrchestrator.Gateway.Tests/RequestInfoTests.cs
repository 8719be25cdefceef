using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Paths as kube-apiserver reads them.</summary>
public sealed class RequestInfoTests
{
    [Theory]
    [InlineData("GET    /api/v1/pods                                        => list   /v1 pods")]
    [InlineData("GET    /api/v1/namespaces/a/pods                           => list   /v1 a pods")]
    [InlineData("GET    /api/v1/namespaces/a/pods/b                         => get    /v1 a pods b")]
    [InlineData("HEAD   /api/v1/namespaces/a/pods/b                         => get    /v1 a pods b")]
    [InlineData("GET    /api/v1/namespaces/a/pods/b/log                     => get    /v1 a pods/log b")]
    [InlineData("POST   /api/v1/namespaces/a/pods                           => create /v1 a pods")]
    [InlineData("POST   /api/v1/namespaces/a/pods/b/eviction                => create /v1 a pods/eviction b")]
    [InlineData("PUT    /apis/apps/v1/namespaces/a/deployments/b            => update apps/v1 a deployments b")]
    [InlineData("PUT    /apis/apps/v1/namespaces/a/deployments/b/scale      => update apps/v1 a deployments/scale b")]
    [InlineData("PATCH  /apis/apps/v1/namespaces/a/deployments/b/status     => patch  apps/v1 a deployments/status b")]
    [InlineData("DELETE /apis/apps/v1/namespaces/a/deployments/b            => delete apps/v1 a deployments b")]
    [InlineData("DELETE /apis/apps/v1/namespaces/a/deployments              => deletecollection apps/v1 a deployments")]
    [InlineData("GET    /api/v1/namespaces                                  => list   /v1 namespaces")]
    [InlineData("GET    /api/v1/namespaces/a                                => get    /v1 a namespaces a")]
    [InlineData("PUT    /api/v1/namespaces/a/finalize                       => update /v1 a namespaces/finalize a")]
    [InlineData("PATCH  /api/v1/namespaces/a/status                         => patch  /v1 a namespaces/status a")]
    [InlineData("GET    /api/v1/nodes/n                                     => get    /v1 nodes n")]
    [InlineData("GET    /api/v1/nodes/n/                                    => get    /v1 nodes n")]
    [InlineData("GET    /api/v1/watch/pods                                  => watch  /v1 pods")]
    [InlineData("GET    /api/v1/watch/namespaces/a/pods                     => watch  /v1 a pods")]
    [InlineData("GET    /api/v1/watch/namespaces/a/pods/b                   => watch  /v1 a pods b")]
    [InlineData("GET    /api                                                => none")]
    [InlineData("GET    /api/v1                                             => none")]
    [InlineData("GET    /apis                                               => none")]
    [InlineData("GET    /apis/apps                                          => none")]
    [InlineData("GET    /apis/apps/v1                                       => none")]
    [InlineData("GET    /version                                            => none")]
    [InlineData("GET    /                                                   => none")]
    [InlineData("GET    //                                                  => none")]
    [InlineData("GET    /api/v1//pods                                       => none")]
    [InlineData("GET    /api/v1/namespaces/a/pods/b/c/d                     => none")]
    [InlineData("GET    /api/v1/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p             => none")]
    [InlineData("GET    /api/v1/watch                                       => none")]
    [InlineData("TRACE  /api/v1/pods                                        => none")]
    [InlineData("GET    api/v1/pods                                         => none")]
    public void Reads_a_path(string row)
    {
        var sides = row.Split("=>", StringSplitOptions.TrimEntries);
        var request = sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var info = RequestInfoParser.Parse(request[0], request[1], watchAsked: false, nameSelected: null);
        Assert.Equal(string.Join(' ', sides[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)), Text(info));
    }

    [Fact]
    public void A_watch_parameter_makes_a_list_a_watch()
    {
        var info = RequestInfoParser.Parse("GET", "/api/v1/pods", watchAsked: true, nameSelected: null);
        Assert.Equal("watch /v1 pods", Text(info));
    }

    [Fact]
    public void A_list_of_one_selected_name_carries_that_name()
    {
        var info = RequestInfoParser.Parse("GET", "/api/v1/nodes", watchAsked: false, nameSelected: "n");
        Assert.Equal("list /v1 nodes n", Text(info));
    }

    private static string Text(RequestInfo info)
    {
        if (!info.IsResource)
        {
            return "none";
        }

        var scope = info.Namespace is null ? "" : info.Namespace + " ";
        return $"{info.Verb} {info.Group}/{info.Version} {scope}{info.ResourceAndSubresource} {info.Name}".TrimEnd();
    }
}
