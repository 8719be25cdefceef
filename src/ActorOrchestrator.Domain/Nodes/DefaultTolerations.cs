using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>Kubernetes' admission DefaultTolerationSeconds: a pod stays on a node that is not ready or unreachable for
/// five minutes, unless it says otherwise about that taint.</summary>
public static class DefaultTolerations
{
    private const long Seconds = 300;

    public static Pod Apply(Pod pod)
    {
        var tolerations = pod.Spec.Tolerations;
        foreach (var key in (string[])[WellKnownTaints.NotReady, WellKnownTaints.Unreachable])
        {
            if (tolerations.All(toleration => !SpeaksOf(toleration, key)))
            {
                tolerations = tolerations.Add(new Toleration
                {
                    Key = key, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = Seconds,
                });
            }
        }

        return ReferenceEquals(tolerations, pod.Spec.Tolerations)
            ? pod
            : pod with { Spec = pod.Spec with { Tolerations = tolerations } };
    }

    private static bool SpeaksOf(Toleration toleration, string key) =>
        (string.IsNullOrEmpty(toleration.Key) || toleration.Key == key)
        && (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == "NoExecute");
}
