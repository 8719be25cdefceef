using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>Kubernetes' admission DefaultTolerationSeconds: a pod stays so long on a node that is not ready or
/// unreachable, unless it says otherwise about that taint.</summary>
public sealed class DefaultTolerations
{
    /// <summary>As kube-apiserver has it: five minutes.</summary>
    public static readonly DefaultTolerations Kubernetes = new(notReady: 300, unreachable: 300);

    /// <summary>As hocon/reference.conf has it. A node that is not ready speaks, and its pods run; of one that is
    /// unreachable nobody knows, and that it is takes until then to be certain.</summary>
    public static readonly DefaultTolerations Standard = new(notReady: 300, unreachable: 1);

    // Shared by all pods: a large cluster holds two of these for each.
    private readonly ValueList<Toleration> _both;

    /// <param name="notReady">Seconds on a node that says that it is not ready.</param>
    /// <param name="unreachable">Seconds on a node that nothing is heard of.</param>
    public DefaultTolerations(long notReady, long unreachable) =>
        _both = [Of(WellKnownTaints.NotReady, notReady), Of(WellKnownTaints.Unreachable, unreachable)];

    public Pod Apply(Pod pod)
    {
        var tolerations = pod.Spec.Tolerations;
        if (tolerations.Count == 0)
        {
            return pod with { Spec = pod.Spec with { Tolerations = _both } };
        }

        foreach (var added in _both.AsSpan())
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

    private static Toleration Of(string taint, long seconds) => new()
    {
        Key = taint, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = seconds,
    };

    private static bool SpeaksOf(Toleration toleration, string key) =>
        (string.IsNullOrEmpty(toleration.Key) || toleration.Key == key)
        && (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == "NoExecute");
}
