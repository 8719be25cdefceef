using System.Collections.Frozen;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Discovery;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Forwarding;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Patching;
using ActorOrchestrator.Gateway.Streaming;
using ActorOrchestrator.Gateway.Verbs;
using ActorOrchestrator.Gateway.Watching;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Routing;

/// <summary>Finds the resource of a request and the verb that serves it.</summary>
internal sealed class ResourceRouter(
    ReadVerbs reads, WatchVerb watches, CreateVerb creates, UpdateVerb updates, PatchVerb patches, DeleteVerbs deletes,
    ScaleVerbs scales, PodVerbs pods, LogVerb logs, PodStreamVerbs streams,
    PortForwardVerb ports, PodPaths paths, ReviewVerbs reviews, TimeProvider time)
{
    private static readonly FrozenDictionary<(string Group, string Version, string Plural), ResourceEntry> Entries =
        ResourceEntry.All.ToFrozenDictionary(entry => (entry.Kind.Group, entry.Kind.Version, entry.Kind.Plural));

    public async Task ServeAsync(HttpContext http, RequestInfo info, Identity who)
    {
        if (!Entries.TryGetValue((info.Group, info.Version, info.Resource), out var entry)
            || (info.Subresource.Length > 0 && !entry.HasSubresource(info.Subresource)))
        {
            throw Failure.NoSuchResource();
        }

        CheckScope(entry, info);
        if (!entry.Serves(info.Verb, info.Subresource))
        {
            throw Failure.MethodNotAllowed();
        }

        var accept = http.Request.Headers.Accept.ToString();
        var format = info.IsStream
            ? ResponseFormat.Json
            : ResponseFormat.Negotiate(accept, IsPretty(http.Request), HasTable(entry, info));
        var face = ApiFace.Of(entry.Kind);
        var request = new ApiRequest(
            http, info, face?.Stored ?? entry.Kind, who, format with { Face = face }, time.GetUtcNow());
        if (entry.Kind.Deprecation is { } deprecation)
        {
            request.Warn(deprecation);
        }

        if (!info.IsStream || !await paths.TryForwardAsync(request))
        {
            await (info.Subresource.Length == 0 ? ServeObject(request) : ServePart(request));
        }
    }

    private Task ServeObject(ApiRequest request) => (request.Info.Verb, request.Kind.IsStored) switch
    {
        ("create", false) when request.Kind.ClrType == typeof(Binding) => pods.BindNamedAsync(request),
        ("create", false) => reviews.CreateAsync(request),
        ("get", _) => reads.GetAsync(request),
        ("list", _) => reads.ListAsync(request),
        ("watch", _) => watches.WatchAsync(request),
        ("create", _) => creates.CreateAsync(request),
        ("update", _) => updates.UpdateAsync(request),
        ("patch", _) => patches.PatchAsync(request),
        ("delete", _) => deletes.DeleteAsync(request),
        ("deletecollection", _) => deletes.DeleteCollectionAsync(request),
        _ => throw Failure.MethodNotAllowed(),
    };

    private Task ServePart(ApiRequest request) => (request.Info.Subresource, request.Info.Verb) switch
    {
        (var part, "get") when Subresources.IsPart(part) => reads.GetAsync(request),
        (var part, "update") when Subresources.IsPart(part) => updates.UpdateAsync(request),
        (var part, "patch") when Subresources.IsPart(part) => patches.PatchAsync(request),
        ("finalize", "update") => updates.UpdateAsync(request),
        ("scale", "get") => scales.GetAsync(request),
        ("scale", "update") => scales.UpdateAsync(request),
        ("scale", "patch") => scales.PatchAsync(request),
        ("binding", "create") => pods.BindAsync(request),
        ("eviction", "create") => pods.EvictAsync(request),
        ("log", "get") => logs.GetAsync(request),
        ("exec", "get" or "create") => streams.ExecAsync(request),
        ("attach", "get" or "create") => streams.AttachAsync(request),
        ("portforward", "get" or "create") => ports.ServeAsync(request),
        _ => throw Failure.MethodNotAllowed(),
    };

    private static void CheckScope(ResourceEntry entry, RequestInfo info)
    {
        var misplaced = entry.Kind.Namespaced
            ? info.Namespace is null && info.Verb is not ("list" or "watch")
                && (entry.Kind.IsListed || entry.Kind.ClrType == typeof(Binding))
            : info.Namespace is not null && info.Resource != "namespaces";
        if (misplaced)
        {
            throw info.Verb == "create" && entry.Kind.Namespaced
                ? Failure.MethodNotAllowed()
                : Failure.NoSuchResource();
        }

        var nameless = info.Name is null && info.Verb is "get" or "update" or "patch" or "delete";
        var named = info is { Name: not null, Verb: "create", Subresource: "" };
        if (nameless || named)
        {
            throw Failure.MethodNotAllowed();
        }
    }

    /// <summary>What is only posted for an answer (a review, a binding, an eviction) has no columns to show.</summary>
    private static bool HasTable(ResourceEntry entry, RequestInfo info) =>
        (entry.Kind.IsListed && info.Subresource is "" or "scale") || Subresources.IsPart(info.Subresource);

    private static bool IsPretty(HttpRequest request)
    {
        if (request.Query.TryGetValue("pretty", out var asked))
        {
            return asked.Count == 0 || asked[0] is not ("0" or "false" or "False");
        }

        // People look at what these fetch; kube-apiserver indents for them too.
        var agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("curl", StringComparison.Ordinal) || agent.StartsWith("Wget", StringComparison.Ordinal)
            || agent.StartsWith("Mozilla/5.0", StringComparison.Ordinal);
    }
}
