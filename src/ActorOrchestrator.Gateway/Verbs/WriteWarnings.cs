using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Api.Validation.PodSecurity;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>What is said, in <c>Warning</c> headers, about an object that is written: about its fields, and what its
/// namespace wants to be warned of.</summary>
internal static class WriteWarnings
{
    private static readonly ResourceKind Namespaces = KindRegistry.Of<Namespace>();
    private static readonly ResourceKind Pods = KindRegistry.Of<Pod>();

    public static void OfNew(ApiRequest request, IClusterView view, KubeObject value)
    {
        request.Warn(Warnings.Of(value));
        OfNamespace(request, view, value);
    }

    /// <summary>Of an update that was accepted: one that is refused is answered by its error alone. Pods are judged
    /// once, and again when they are given ephemeral containers; what makes them, whenever it makes others.</summary>
    public static void OfUpdate(ApiRequest request, IClusterView view, KubeObject old, KubeObject @new)
    {
        var isStatus = request.Info.Subresource == Subresources.Status;
        request.Warn(isStatus ? Warnings.OfStatus(@new) : Warnings.OfUpdate(old, @new));
        if (old is Namespace before && @new is Namespace after && before.Metadata.Labels != after.Metadata.Labels)
        {
            var pods = view.List(Pods, before.Metadata.Name).Objects.Cast<Pod>();
            request.Warn(PodSecurityStandards.Warnings(before, after, pods));
        }

        var isToBeJudged = @new is Pod
            ? request.Info.Subresource == Subresources.EphemeralContainers
            : !PodSecurityStandards.MakesSamePods(old, @new);
        if (isToBeJudged)
        {
            OfNamespace(request, view, @new);
        }
    }

    private static void OfNamespace(ApiRequest request, IClusterView view, KubeObject value)
    {
        if (request.Info.Namespace is { } name)
        {
            request.Warn(PodSecurityStandards.Warnings(value, view.Get(Namespaces, null, name) as Namespace));
        }
    }
}
