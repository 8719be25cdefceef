using System.Security.Cryptography;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Agent.Statics;

/// <summary>A manifest is not that of a static pod; the message says why.</summary>
public sealed class StaticManifestException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// A static pod of its manifest, as kubelet makes it: named after its node too, in the namespace <c>default</c> if it
/// names none, tolerant of whatever evicts others. Its uid is taken from what the manifest says, so that it is another
/// pod when that changes, and the same one after a restart. Pure.
/// </summary>
public static class StaticManifest
{
    private const int UidLength = 32;
    private static readonly ResourceKind Kind = KindRegistry.Of<Pod>();

    /// <exception cref="StaticManifestException">It is no manifest of a static pod.</exception>
    public static Pod Read(string text, string node)
    {
        var json = OnlyDocument(text);
        var pod = Defaults.Apply(Complete(Decode(json), Uid(json, node), node));
        if (StaticPods.References(pod.Spec).FirstOrDefault() is { } resource)
        {
            throw new StaticManifestException($"a static pod may not refer to the API: {resource}");
        }

        var errors = Validator.Validate(pod);
        return errors.Count == 0 ? pod : throw new StaticManifestException(Shown(errors, pod));
    }

    private static string Shown(FieldErrors errors, Pod pod) =>
        errors.ToStatus(Kind, pod.Metadata.Name ?? "").Message ?? "it is invalid";

    private static byte[] OnlyDocument(string text)
    {
        try
        {
            var documents = KubeYaml.ToJson(text);
            return documents.Count == 1
                ? documents[0]
                : throw new StaticManifestException($"it holds {documents.Count} objects, where one Pod is to be");
        }
        catch (KubeJsonException broken)
        {
            throw new StaticManifestException(broken.Message, broken);
        }
    }

    private static Pod Decode(byte[] json) => KubeJson.Decode(json, Kind, FieldValidation.Strict) switch
    {
        DecodeOutcome.Decoded { Object: Pod pod } => pod,
        DecodeOutcome.Refused refused => throw new StaticManifestException(refused.Message),
        var other => throw new InvalidOperationException($"unknown outcome {other.GetType().Name}"),
    };

    private static string Uid(byte[] json, string node)
    {
        var all = SHA256.HashData([.. json, 0, .. Encoding.UTF8.GetBytes(node)]);
        return Convert.ToHexStringLower(all)[..UidLength];
    }

    private static Pod Complete(Pod given, string uid, string node)
    {
        var metadata = given.Metadata;
        if (string.IsNullOrEmpty(metadata.Name) || metadata.OwnerReferences.Count + metadata.Finalizers.Count > 0)
        {
            throw new StaticManifestException(
                "metadata: a static pod has a name, and neither owners nor finalizers");
        }

        return given with
        {
            Metadata = new ObjectMeta
            {
                Name = $"{metadata.Name}-{node}",
                Namespace = string.IsNullOrEmpty(metadata.Namespace) ? "default" : metadata.Namespace,
                Uid = uid,
                Labels = metadata.Labels,
                Annotations = metadata.Annotations.Without(StaticPods.MirrorAnnotation)
                    .With(StaticPods.HashAnnotation, uid)
                    .With(StaticPods.SourceAnnotation, StaticPods.FromFile),
            },
            Spec = given.Spec with
            {
                NodeName = node,
                Tolerations =
                    [.. given.Spec.Tolerations, new Toleration { Operator = "Exists", Effect = "NoExecute" }],
            },
            Status = new PodStatus(),
        };
    }
}
