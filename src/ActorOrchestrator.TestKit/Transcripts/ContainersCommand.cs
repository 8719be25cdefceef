using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary><c>world containers [SELECTOR]</c>: what really runs on which machine, whatever the API says.</summary>
internal sealed class ContainersCommand(Shell shell)
{
    public void Execute(string[] words)
    {
        var selector = words is [var text] ? Selection.Parse(text) : LabelMatcher.Everything;
        var lines = (
            from machine in shell.World.World.Machines.Values
            from container in machine.Runtime.Containers
            where container.State == ContainerRuntimeState.Running
            let pod = PodOf(container)
            where pod is null ? selector.IsEverything : selector.Matches(pod.Metadata.Labels)
            let standing = machine.IsFrozen ? " (frozen)" : pod is null ? " (its pod is gone)" : ""
            let name = container.Labels.GetValueOrDefault(RuntimeLabels.PodName)
            select $"{machine.Name} runs {container.Name} of {name}{standing}").ToList();
        (lines.Count == 0 ? ["no containers run"] : lines).ForEach(shell.Say);
    }

    private Pod? PodOf(ContainerRuntimeStatus container) => shell.World.All<Pod>().FirstOrDefault(
        pod => pod.Metadata.Uid == container.Labels.GetValueOrDefault(RuntimeLabels.PodUid));
}
