using System.Globalization;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>
/// What the cluster knows of a machine that ends its fenced pods when it is cut off: for how long the machine waits
/// (an annotation of its agent's), and the condition <c>Fenced</c>, which says that they have ended
/// for certain.
/// <code>
///   leases ──► unheard (Ready Unknown) ──term, and what ending takes──► Fenced True ──heard──► Fenced False
/// </code>
/// A lease is renewed by a row of the Node's own history, and only while the Node is heard. So after the row by which
/// it is Unknown there is none, whatever another activation of it believes: the machine's last lease began before that
/// row.
/// </summary>
public static class NodeFences
{
    /// <summary>How long the machine waits without an answer, in seconds.</summary>
    public const string TermAnnotation = "actor-orchestrator/fence-after";

    /// <summary>How often its pods were declared to have ended: a machine that knows of fewer was so meanwhile, however
    /// its own clock went.</summary>
    public const string CountAnnotation = "actor-orchestrator/times-fenced";

    /// <summary>The condition's type.</summary>
    public const string Condition = "Fenced";

    /// <summary>What a machine may take to notice that its lease is over and to kill what it has to: it looks twice a
    /// second, and a starved machine has some time more.</summary>
    private static readonly TimeSpan EndingMost = TimeSpan.FromSeconds(5);

    /// <summary>Clocks are slewed by at most 500 ppm, and run wrong by less than that.</summary>
    private const int RateShare = 100;

    /// <summary>The annotation's value.</summary>
    public static string TextOf(TimeSpan term) => ((long)term.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>As its agent has introduced it now: one that does not speak of leases holds none.</summary>
    internal static Node Introduced(Node node, Node introduced) =>
        introduced.Metadata.Annotations.ContainsKey(TermAnnotation)
        || !node.Metadata.Annotations.ContainsKey(TermAnnotation)
            ? node
            : node with
            {
                Metadata = node.Metadata with { Annotations = node.Metadata.Annotations.Without(TermAnnotation) },
            };

    /// <summary>How often the Node's fenced pods were declared to have ended.</summary>
    public static long CountOf(Node node) =>
        node.Metadata.Annotations.TryGetValue(CountAnnotation, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>Whether the fenced pods of a node that is not heard have ended.</summary>
    internal static bool HaveEnded(Node node) => NodeConditions.Find(node, Condition)?.Status == "True";

    /// <summary>Whether a user says that the machine is off (Kubernetes' non-graceful shutdown): its pods have
    /// ended.</summary>
    internal static bool IsOut(Node node) => !NodeConditions.IsReady(node)
        && node.Spec.Taints.Any(taint => taint.Key == WellKnownTaints.OutOfService);

    /// <summary>How long to wait from when the Node is Unknown until its fenced pods have ended; null: for ever, since
    /// its agent holds no leases, or they have.</summary>
    internal static TimeSpan? WaitOf(Node node) =>
        NodeConditions.IsUnknown(node) && !HaveEnded(node) && TermOf(node) is { } term
            ? term + (term / RateShare) + EndingMost
            : null;

    internal static Node Leased(Node node, int termSeconds) => Annotated(node, TermAnnotation, termSeconds);

    internal static Node Ended(Node node, DateTimeOffset now)
    {
        var counted = Annotated(node, CountAnnotation, CountOf(node) + 1);
        return counted with
        {
            Status = With(node.Status, new NodeCondition
            {
                Type = Condition,
                Status = "True",
                Reason = "LeaseOver",
                Message = $"The machine had no answer for longer than the {TermOf(node)?.TotalSeconds:0} s after which "
                    + "it ends the pods that must not run twice.",
                LastTransitionTime = now,
                LastHeartbeatTime = now,
            }),
        };
    }

    /// <summary>It is heard, so its pods are what it says.</summary>
    internal static NodeStatus Heard(NodeStatus status, DateTimeOffset now) =>
        status.Conditions.Any(condition => condition is { Type: Condition, Status: "True" })
            ? With(status, new NodeCondition
            {
                Type = Condition,
                Status = "False",
                Reason = "MachineHeard",
                Message = "The machine is heard.",
                LastTransitionTime = now,
                LastHeartbeatTime = now,
            })
            : status;

    private static TimeSpan? TermOf(Node node) =>
        node.Metadata.Annotations.TryGetValue(TermAnnotation, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static NodeStatus With(NodeStatus status, NodeCondition condition) => status with
    {
        Conditions = [.. status.Conditions.Where(other => other.Type != Condition), condition],
    };

    private static Node Annotated(Node node, string key, long value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        return node.Metadata.Annotations.GetValueOrDefault(key) == text
            ? node
            : node with
            {
                Metadata = node.Metadata with { Annotations = node.Metadata.Annotations.With(key, text) },
            };
    }
}
