namespace ActorOrchestrator.Gateway.Routing;

/// <summary>What a request asks for, as kube-apiserver's RequestInfo names it. <see cref="Resource"/> is empty for a
/// path that is no resource (<c>/version</c>, discovery).</summary>
public sealed record RequestInfo
{
    public required string Path { get; init; }

    /// <summary>get, list, watch, create, update, patch, delete, deletecollection; for paths that are no resource the
    /// HTTP method in lower case.</summary>
    public required string Verb { get; init; }

    public string Group { get; init; } = "";
    public string Version { get; init; } = "";
    public string? Namespace { get; init; }
    public string Resource { get; init; } = "";
    public string Subresource { get; init; } = "";
    public string? Name { get; init; }

    public bool IsResource => Resource.Length > 0;

    /// <summary>Whether the answer goes on as long as a container, or its client, wants.</summary>
    public bool IsStream => Subresource == "log" || ConnectsToPod;

    /// <summary>Whether it lets its client do in a pod what the pod may do, whichever method asks for it.</summary>
    public bool ConnectsToPod => Subresource is "exec" or "attach" or "portforward";

    /// <summary><c>pods</c> or <c>pods/log</c>: as authorization messages and metrics print it.</summary>
    public string ResourceAndSubresource => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";
}
