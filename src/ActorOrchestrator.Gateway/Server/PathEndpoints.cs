using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>Serves the paths that are no resource: a handler for an exact path, or for all below a prefix.</summary>
internal sealed class PathEndpoints(IReadOnlyList<PathEndpoint> endpoints)
{
    public Task ServeAsync(HttpContext http, RequestInfo info, Identity who)
    {
        var path = info.Path.Length > 1 ? info.Path.TrimEnd('/') : info.Path;
        foreach (var endpoint in endpoints)
        {
            if (path == endpoint.Path
                || (endpoint.Below && path.StartsWith(endpoint.Path + "/", StringComparison.Ordinal)))
            {
                return endpoint.Methods.Contains(http.Request.Method, StringComparer.Ordinal)
                    ? endpoint.Serve(http, path[endpoint.Path.Length..].TrimStart('/'), who)
                    : throw Failure.MethodNotAllowed();
            }
        }

        throw Failure.NoSuchResource();
    }
}

/// <param name="Path">Without a slash at its end.</param>
/// <param name="Below">Whether paths below it are served too; the handler gets what follows.</param>
/// <param name="Serve">Gets the part after <paramref name="Path"/>, without its slash, and who asks.</param>
internal sealed record PathEndpoint(string Path, bool Below, Func<HttpContext, string, Identity, Task> Serve)
{
    public IReadOnlyList<string> Methods { get; init; } = ["GET", "HEAD"];
}
