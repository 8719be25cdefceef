using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.StatefulSets;

/// <summary>What a StatefulSet waits for; its condition Waiting says so, and, when it lasts and somebody may have to
/// help, an Event.</summary>
/// <param name="Reason">One word for programs.</param>
/// <param name="Message">A sentence for people, which tells what to do.</param>
/// <param name="NeedsHelp">It may last for ever if nobody does anything.</param>
public sealed record StatefulWait(string Reason, string Message, bool NeedsHelp)
{
    public const string Condition = "Waiting";

    /// <summary>Pods that are not updated before somebody deletes them; all else is done.</summary>
    public const string Deletion = "OnDelete";

    public static StatefulWait NotReady(RevisionedPod pod, bool isOrdered) => new(
        "PodNotReady",
        $"{pod.Name} is not ready{(isOrdered ? ", and the other pods wait for it" : "")}: "
            + $"\"kubectl describe pod {pod.Name}\" says why",
        NeedsHelp: true);

    public static StatefulWait NotAvailable(RevisionedPod pod, int minReadySeconds) => new(
        "PodNotAvailable", $"{pod.Name} is ready, and has to be for {minReadySeconds} s", NeedsHelp: false);

    public static StatefulWait Terminating(RevisionedPod pod) => new(
        "PodTerminating",
        $"{pod.Name} has been told to go and is not gone. If its node is lost for good, delete the Node, or "
            + $"\"kubectl delete pod {pod.Name} --force\": only who knows that it does not run any more may say so",
        NeedsHelp: true);

    public static StatefulWait Failing(RevisionedPod pod) => new(
        "PodFails",
        pod.Rejection is { } rejection
            ? $"{pod.Name} is not taken by its node, and made anew after a pause: {rejection}"
            : $"{pod.Name} fails again and again; it is made anew after a pause",
        NeedsHelp: true);

    public static StatefulWait Creation(CreationFailure failure) => new(
        "FailedCreate", $"tried again after a pause: {failure.Message}", NeedsHelp: false);

    public static StatefulWait Volume(StatefulVolume volume) => new(
        "ClaimTerminating",
        $"{volume.Question.Claim.Metadata.Name}, a claim of {volume.Question.Pod}, is being deleted; the pod is made "
            + "with a new one when it is gone",
        NeedsHelp: true);

    public static StatefulWait OnDelete(int pods) => new(
        Deletion, $"{pods} {(pods == 1 ? "pod is" : "pods are")} of an older revision until somebody deletes "
            + $"{(pods == 1 ? "it" : "them")} (updateStrategy OnDelete)",
        NeedsHelp: false);

    /// <summary>The conditions with what it waits for, or, if it waits for nothing, without.</summary>
    public static ValueList<StatefulSetCondition> Shown(
        ValueList<StatefulSetCondition> conditions, StatefulWait? wait, DateTimeOffset now)
    {
        var shown = conditions.FirstOrDefault(condition => condition.Type == Condition);
        if (wait is null)
        {
            return shown is null ? conditions : conditions.Where(each => each != shown).ToValueList();
        }

        return shown?.Reason == wait.Reason && shown.Message == wait.Message
            ? conditions
            :
            [
                .. conditions.Where(each => each != shown),
                new StatefulSetCondition
                {
                    Type = Condition, Status = "True", Reason = wait.Reason, Message = wait.Message,
                    LastTransitionTime = ObjectLifecycle.Truncate(now),
                },
            ];
    }
}
