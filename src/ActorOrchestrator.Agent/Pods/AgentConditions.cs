using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// The agent's own conditions of pod.status, as kubelet writes them. Those of others (PodScheduled, readiness gates)
/// are not reported: the pod's entity keeps them.
/// </summary>
internal static class AgentConditions
{
    private const string ReadyToStart = "PodReadyToStartContainers";
    private const string Initialized = "Initialized";
    private const string Ready = "Ready";
    private const string ContainersReady = "ContainersReady";

    private static readonly string[] s_own =
        [ReadyToStart, Initialized, Ready, ContainersReady, .. PodConditions.OfResize];

    private sealed record Finding(bool IsTrue, string? Reason = null, string? Message = null);

    public static ValueList<PodCondition> Of(PodDraft draft, string phase)
    {
        var containersReady = AllReady(draft, phase);
        var found = new (string Type, Finding Finding)[]
        {
            (ReadyToStart, new Finding(draft.State.Sandbox is { Ready: true })),
            (Initialized, IsInitialized(draft, phase)),
            (Ready, containersReady.IsTrue ? Gates(draft) : containersReady),
            (ContainersReady, containersReady),
        };
        var before = (draft.State.LastStatus ?? draft.Pod.Status).Conditions;
        return found.Concat(Resizes(draft)).Concat(Disruption(draft, phase, before)).Select(
            f => Condition(draft, f.Type, f.Finding, before)).ToValueList();
    }

    /// <summary>These are there only while a resize waits, or is carried out.</summary>
    private static IEnumerable<(string Type, Finding Finding)> Resizes(PodDraft draft)
    {
        if (draft.State.ResizeRefusal is { } refusal)
        {
            yield return (PodConditions.ResizePending, new Finding(true, refusal.Reason, refusal.Message));
        }

        if (draft.Containers.FirstOrDefault(c => draft.Track(c).IsToBeResized(c.Spec)) is { } resized)
        {
            var setback = draft.State.Setbacks.GetValueOrDefault(
                PodAction.ResizeKey(draft.Track(resized).Current!.Id));
            yield return (PodConditions.ResizeInProgress,
                new Finding(true, setback is null ? null : "Error", setback?.Message));
        }
    }

    /// <summary>The node ends the pod, or has ended it. A pod that runs on after an earlier agent had begun to end it
    /// is ended by nobody.</summary>
    private static IEnumerable<(string Type, Finding Finding)> Disruption(
        PodDraft draft, string phase, ValueList<PodCondition> before)
    {
        var last = PodPhases.IsTerminal(phase) ? before.FirstOrDefault(PodConditions.IsItsNodesDisruption) : null;
        var message = draft.State.Eviction?.Message ?? last?.Message;
        if (message is not null)
        {
            yield return (PodConditions.DisruptionTarget, new Finding(true, PodDisruption.ByItsNode, message));
        }
    }

    /// <summary>The part of a stored status that the agent itself has reported.</summary>
    public static PodStatus OwnPart(PodStatus stored) => stored with
    {
        Conditions = stored.Conditions
            .Where(c => s_own.Contains(c.Type) || PodConditions.IsItsNodesDisruption(c)).ToValueList(),
    };

    private static PodCondition Condition(
        PodDraft draft, string type, Finding finding, ValueList<PodCondition> before)
    {
        var status = finding.IsTrue ? "True" : "False";
        var known = before.FirstOrDefault(c => c.Type == type && c.Status == status);
        return new PodCondition
        {
            Type = type,
            Status = status,
            ObservedGeneration = PodConditions.GenerationOf(draft.Pod),
            Reason = finding.Reason,
            Message = finding.Message,
            LastTransitionTime = known?.LastTransitionTime ?? ContainerStatusView.Seconds(draft.Now),
        };
    }

    private static Finding IsInitialized(PodDraft draft, string phase)
    {
        if (phase == PodPhases.Succeeded)
        {
            return new Finding(true, "PodCompleted");
        }

        if (PodPhases.IsInitialized(draft))
        {
            return new Finding(true);
        }

        var missing = draft.Containers.Where(c => c.Role switch
        {
            ContainerRole.Main or ContainerRole.Ephemeral => false,
            ContainerRole.Sidecar => !draft.Track(c).IsStarted(c.Spec),
            _ => draft.Track(c) is not { HasExited: true, Current.ExitCode: 0 },
        });
        return new Finding(false, "ContainersNotInitialized", $"containers with incomplete status: [{Names(missing)}]");
    }

    private static Finding AllReady(PodDraft draft, string phase)
    {
        if (phase == PodPhases.Succeeded)
        {
            return new Finding(false, "PodCompleted");
        }

        if (phase == PodPhases.Failed)
        {
            return new Finding(false, "PodFailed");
        }

        var unready = draft.Containers
            .Where(c => c.Role is ContainerRole.Main or ContainerRole.Sidecar && !draft.Track(c).IsReady(c.Spec))
            .ToList();
        return unready.Count == 0
            ? new Finding(true)
            : new Finding(false, "ContainersNotReady", $"containers with unready status: [{Names(unready)}]");
    }

    private static Finding Gates(PodDraft draft)
    {
        var messages = new List<string>();
        foreach (var gate in draft.Pod.Spec.ReadinessGates)
        {
            var condition = draft.Pod.Status.Conditions.FirstOrDefault(c => c.Type == gate.ConditionType);
            if (condition is null)
            {
                messages.Add($"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            }
            else if (condition.Status != "True")
            {
                messages.Add($"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", "
                    + $"but {condition.Status}");
            }
        }

        return messages.Count == 0
            ? new Finding(true)
            : new Finding(false, "ReadinessGatesNotReady", string.Join(", ", messages));
    }

    private static string Names(IEnumerable<PodContainer> containers) =>
        string.Join(' ', containers.Select(c => c.Name));
}
