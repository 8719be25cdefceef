using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>Kubernetes' admission DefaultTolerationSeconds: a pod stays on a node that is not ready or unreachable for
/// five minutes, unless it says otherwise about that taint.</summary>
public static class DefaultTolerations
{
    private const long Seconds = 300;

    // Shared by all pods: a large cluster holds two of these for each.
    private static readonly Toleration NotReady = Of(WellKnownTaints.NotReady);
    private static readonly Toleration Unreachable = Of(WellKnownTaints.Unreachable);
    private static readonly ValueList<Toleration> Both = [NotReady, Unreachable];

    public static Pod Apply(Pod pod)
    {
        var tolerations = pod.Spec.Tolerations;
        if (tolerations.Count == 0)
        {
            return pod with { Spec = pod.Spec with { Tolerations = Both } };
        }

        foreach (var added in Both.AsSpan())
        {
            if (tolerations.All(toleration => !SpeaksOf(toleration, added.Key!)))
            {
                tolerations = tolerations.Add(added);
            }
        }

        return ReferenceEquals(tolerations, pod.Spec.Tolerations)
            ? pod
            : pod with { Spec = pod.Spec with { Tolerations = tolerations } };
    }

    private static Toleration Of(string taint) => new()
    {
        Key = taint, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = Seconds,
    };

    private static bool SpeaksOf(Toleration toleration, string key) =>
        (string.IsNullOrEmpty(toleration.Key) || toleration.Key == key)
        && (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == "NoExecute");
}
