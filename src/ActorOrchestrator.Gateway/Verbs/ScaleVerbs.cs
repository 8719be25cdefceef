using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Patching;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>The <c>scale</c> subresource: an object that has replicas, seen as autoscaling/v1 Scale.</summary>
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
        if (patch.Type == PatchType.Apply)
        {
            await ApplyAsync(request, patch);
            return;
        }

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

    /// <summary>Applied is the Scale; its one field and who owns it are written back. Somebody else's write in between
    /// is no conflict of the client's: it is applied anew.</summary>
    private async Task ApplyAsync(ApiRequest request, PatchDocument patch)
    {
        var writer = FieldOwnership.WriterOf(request) with { ApiVersion = ScaleKind.ApiVersion };
        for (var attempt = 1; ; attempt++)
        {
            var current = reads.Existing(request);
            var live = ScaleOf(current);
            live = live with
            {
                Metadata = live.Metadata with { ManagedFields = ScaleFields.OfScale(current, ScaleKind) },
            };
            var applied = (Scale)TypedPatch.Merged(request, ScaleKind, live, patch.Node, writer, patch.Force);
            Check(request, applied);
            var scaled = Scalables.WithReplicas(current, applied.Spec.Replicas);
            var command = new Replace(scaled with
            {
                Metadata = scaled.Metadata with
                {
                    ResourceVersion = patch.NamesVersion
                        ? applied.Metadata.ResourceVersion
                        : current.Metadata.ResourceVersion,
                    ManagedFields = ScaleFields.OfParent(current, applied.Metadata.ManagedFields),
                },
            })
            { DryRun = request.DryRun() };
            var key = EntityKey.Of(request.Kind, request.Info.Namespace, request.Name);
            var reply = await sender.TrySendAsync(request, key, command);
            if (reply is Reply.Accepted accepted)
            {
                await ResponseWriter.WriteAsync(request, ScaleOf(accepted.Object));
                return;
            }

            var refused = ((Reply.Rejected)reply).Status;
            if (patch.NamesVersion || refused.Code != HttpCode.Conflict || attempt == PatchVerb.Attempts)
            {
                throw new StatusException(refused);
            }
        }
    }

    private async Task SetAsync(ApiRequest request, Scale scale)
    {
        Check(request, scale);
        var version = scale.Metadata.ResourceVersion is { Length: > 0 } given ? given : null;
        var accepted = await sender.SendAsync(
            request, request.Name, new SetScale(scale.Spec.Replicas, version)
            {
                DryRun = request.DryRun(), Writer = FieldOwnership.WriterOf(request),
            });
        await ResponseWriter.WriteAsync(request, ScaleOf(accepted.Object));
    }

    private static void Check(ApiRequest request, Scale scale)
    {
        UpdateVerb.CheckName(request, scale);
        if (scale.Spec.Replicas < 0)
        {
            throw Failure.Invalid(ScaleKind, request.Name, [new FieldError(
                FieldErrorType.Invalid, "spec.replicas", scale.Spec.Replicas.ToString(),
                "must be greater than or equal to 0")]);
        }
    }

    private static string SelectorText(LabelSelector? selector) =>
        LabelMatcher.TryFrom(selector, out var matcher, out _) ? matcher.ToString() : "";

    private static Scale ScaleOf(KubeObject value) => Scalables.ScaleOf(value, SelectorText);
}
