using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary><c>kubectl cordon</c>, <c>uncordon</c> and <c>drain</c>.</summary>
internal sealed class NodeCommands(Shell shell, ApiSession api)
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromMinutes(10);

    /// <summary>How long kubectl waits when a disruption budget does not allow an eviction.</summary>
    private static readonly TimeSpan EvictAgain = TimeSpan.FromSeconds(5);

    public void Cordon(Arguments arguments, bool unschedulable)
    {
        foreach (var name in arguments.Words.Skip(1))
        {
            Cordon(name, unschedulable);
        }
    }

    public void Drain(Arguments arguments)
    {
        var name = arguments.Word(1, "the node");
        Cordon(name, unschedulable: true);
        var pods = api.List(KindRegistry.Of<Pod>(), null, arguments.Flag("selector")).Cast<Pod>()
            .Where(pod => pod.Spec.NodeName == name).ToList();
        if (pods.FirstOrDefault(pod => pod.Metadata.OwnerReferences.Count == 0) is { } bare
            && !arguments.IsSet("force"))
        {
            throw new CommandException(
                $"error: unable to drain node \"{name}\" due to error: cannot delete Pods that declare no controller "
                + $"(use --force to override): {bare.Metadata.Namespace}/{bare.Metadata.Name}");
        }

        var refused = pods.Where(pod => !TryEvict(pod)).ToHashSet();
        WaitForEnds(name, pods, refused, arguments.Flag("timeout") is { } given ? Words.Span(given) : DrainMax);
        shell.Say($"node/{name} drained");
    }

    /// <returns>False when the pod's disruption budget does not allow it now.</returns>
    private bool TryEvict(Pod pod)
    {
        shell.Say($"evicting pod {pod.Metadata.Namespace}/{pod.Metadata.Name}");
        var answer = api.TrySend("POST", $"{WorkloadContext.PathOf(pod)}/eviction", $$$"""
            {"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"{{{pod.Metadata.Name}}}"}}
            """);
        if (answer.Code != HttpCode.TooManyRequests)
        {
            ApiSession.Answered(answer);
            return true;
        }

        shell.Say(
            $"error when evicting pods/\"{pod.Metadata.Name}\" -n \"{pod.Metadata.Namespace}\" (will retry after 5s): "
            + JsonNode.Parse(answer.Text)!["message"]);
        return false;
    }

    private void WaitForEnds(string node, List<Pod> pods, HashSet<Pod> refused, TimeSpan within)
    {
        var (end, next) = (shell.World.Now + within, shell.World.Now + EvictAgain);
        while (pods.Count > 0)
        {
            if (shell.World.Now >= next)
            {
                refused.RemoveWhere(TryEvict);
                next = shell.World.Now + EvictAgain;
            }

            foreach (var pod in pods.Where(IsGone).ToList())
            {
                pods.Remove(pod);
                shell.Say($"pod/{pod.Metadata.Name} evicted");
            }

            if (pods.Count > 0 && shell.World.Now >= end)
            {
                throw new CommandException(
                    $"error: unable to drain node \"{node}\" due to error: drain did not complete within "
                    + $"{Words.Show(within)}, continuing command...");
            }

            if (pods.Count > 0)
            {
                shell.World.Pass(TimeSpan.FromSeconds(1));
            }
        }
    }

    private bool IsGone(Pod pod)
    {
        var now = api.Find(WorkloadContext.PathOf(pod));
        return now is null || $"{now["metadata"]!["uid"]}" != pod.Metadata.Uid;
    }

    private void Cordon(string name, bool unschedulable)
    {
        var done = unschedulable ? "cordoned" : "uncordoned";
        var target = new Target(KindRegistry.Of<Node>(), "", name);
        if ((api.Get(target.Path)["spec"]?["unschedulable"]?.GetValue<bool>() ?? false) == unschedulable)
        {
            shell.Say($"node/{name} already {done}");
            return;
        }

        api.Send(
            "PATCH", target.Path, $$$"""{"spec":{"unschedulable":{{{(unschedulable ? "true" : "null")}}}}}""",
            ApiSession.StrategicPatch);
        shell.Say($"node/{name} {done}");
    }
}
