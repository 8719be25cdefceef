using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Patching;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>The <c>scale</c> subresource: a Deployment, ReplicaSet or StatefulSet seen as autoscaling/v1
/// Scale.</summary>
internal sealed class ScaleVerbs(ReadVerbs reads, CommandSender sender)
{
    private static readonly ResourceKind ScaleKind = KindRegistry.Of<Scale>();

    public Task GetAsync(ApiRequest request) =>
        ResponseWriter.WriteAsync(request, ScaleOf(reads.Existing(request)));

    public async Task UpdateAsync(ApiRequest request)
    {
        var scale = (Scale)await BodyDecoder.ReadAsync(request, ScaleKind);
        await SetAsync(request, scale);
    }

    public async Task PatchAsync(ApiRequest request)
    {
        var patch = await PatchDocument.ReadAsync(request);
        var current = ScaleOf(reads.Existing(request));
        var patched = (Scale)TypedPatch.Apply(request, ScaleKind, current, patch);
        await SetAsync(request, patched with
        {
            Metadata = patched.Metadata with
            {
                ResourceVersion = patch.NamesVersion ? patched.Metadata.ResourceVersion : null,
            },
        });
    }

    private async Task SetAsync(ApiRequest request, Scale scale)
    {
        if (scale.Metadata.Name is { } name && name != request.Name)
        {
            throw Failure.BadRequest(
                $"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        }

        if (scale.Spec.Replicas < 0)
        {
            throw Failure.Invalid(ScaleKind, request.Name, [new FieldError(
                FieldErrorType.Invalid, "spec.replicas", scale.Spec.Replicas.ToString(),
                "must be greater than or equal to 0")]);
        }

        var version = scale.Metadata.ResourceVersion is { Length: > 0 } given ? given : null;
        var accepted = await sender.SendAsync(
            request, request.Name, new SetScale(scale.Spec.Replicas, version)
            {
                DryRun = request.DryRun(), Writer = FieldOwnership.WriterOf(request),
            });
        await ResponseWriter.WriteAsync(request, ScaleOf(accepted.Object));
    }

    private static string SelectorText(LabelSelector? selector) =>
        LabelMatcher.TryFrom(selector, out var matcher, out _) ? matcher.ToString() : "";

    private static Scale ScaleOf(KubeObject value)
    {
        var (wanted, actual, selector) = value switch
        {
            Deployment it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
            ReplicaSet it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
            StatefulSet it => (it.Spec.Replicas, it.Status.Replicas, it.Spec.Selector),
            _ => throw new InvalidOperationException($"{value.Kind} has no scale"),
        };
        return new Scale
        {
            Metadata = new ObjectMeta
            {
                Name = value.Metadata.Name,
                Namespace = value.Metadata.Namespace,
                Uid = value.Metadata.Uid,
                ResourceVersion = value.Metadata.ResourceVersion,
                CreationTimestamp = value.Metadata.CreationTimestamp,
            },
            Spec = new ScaleSpec { Replicas = wanted ?? 1 },
            Status = new ScaleStatus { Replicas = actual, Selector = SelectorText(selector) },
        };
    }
}
