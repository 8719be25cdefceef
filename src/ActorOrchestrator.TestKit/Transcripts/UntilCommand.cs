using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api.Tables;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.TestKit.Transcripts.Kubectl;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>
/// Lets time pass until the durable log says so:
/// <code>
/// world until pods ready 3 app=web          exactly so many are ready, and no other is there but terminating ones
/// world until pods gone app=web
/// world until pods CrashLoopBackOff 1 app=web   so many have this word as kubectl's STATUS
/// world until node node-1 ready|notready|gone
/// world until deployment web complete|failed
/// world until gone configmap/settings       the object is not there
/// world until serving                       the control plane
/// world until rest                          everything is as wanted
/// </code>
/// and says how long it took. <c>within 60s</c> behind it changes the bound, which is a minute.
/// </summary>
internal sealed class UntilCommand(Shell shell)
{
    private static readonly TimeSpan WithinMost = TimeSpan.FromMinutes(1);

    public void Execute(string[] words)
    {
        var within = WithinMost;
        if (words is [.. var front, "within", var bound])
        {
            (words, within) = (front, Words.Span(bound));
        }

        var obstacle = ObstacleOf(words);
        var began = shell.World.Now;
        var left = shell.World.Obstacle(obstacle, within);
        shell.Say(left is null
            ? $"after {Words.Show(shell.World.Now - began)}"
            : $"waits for {string.Join(' ', words)}: not within {Words.Show(within)}; it is {left}");
    }

    private Func<string?> ObstacleOf(string[] words)
    {
        switch (words)
        {
            case ["pods", "gone", var selector]:
                var all = Selection.Parse(selector);
                return () => PodsOf(all) is { Count: > 0 } left ? Show(left) : null;
            case ["pods", "ready", var count, var selector]:
                return () => Ready(PodsOf(Selection.Parse(selector)), Words.Number(count));
            case ["pods", var status, var count, var selector]:
                return () => InStatus(PodsOf(Selection.Parse(selector)), status, Words.Number(count));
            case ["node", var name, var state]:
                return () => NodeState(name) is var now && now == state ? null : now;
            case ["deployment", var name, "complete"]:
                return () => Incomplete(name);
            case ["deployment", var name, "failed"]:
                return () => NotFailed(name);
            case ["gone", var named] when named.Split('/') is [var kind, var name]:
                var key = Domain.EntityKey.Of(Resources.Find(kind), Resources.DefaultNamespace, name);
                return () => shell.World.World.Truth.Find(key) is { } there ? $"there: {Describe.Object(there)}" : null;
            case ["serving"]:
                return () => shell.World.World.Control.IsServing ? null : "not serving";
            case ["rest"]:
                return () => ConvergenceProblems.Find(shell.World.World) is { Count: > 0 } left
                    ? string.Join("\n  ", left) : null;
            default:
                throw new CommandException($"nobody can wait for \"{string.Join(' ', words)}\"");
        }
    }

    private List<Pod> PodsOf(LabelMatcher selector) =>
        [.. shell.World.All<Pod>().Where(pod => selector.Matches(pod.Metadata.Labels))];

    private string? Ready(List<Pod> pods, int count)
    {
        var kept = pods.Where(pod => pod.Metadata.DeletionTimestamp is null).ToList();
        return kept.Count == count && kept.All(Describe.IsReady) ? null : Show(pods);
    }

    private string? InStatus(List<Pod> pods, string status, int count) =>
        pods.Count(pod => StatusOf(pod) == status) == count ? null : Show(pods);

    private string Show(List<Pod> pods) => pods.Count == 0
        ? "no pods"
        : string.Join(", ", pods.Select(
            pod => $"{pod.Metadata.Name} {StatusOf(pod)}{(Describe.IsReady(pod) ? "" : " not ready")}"));

    /// <summary>kubectl's STATUS.</summary>
    private string StatusOf(Pod pod) => Tables.Cells(pod, shell.World.Now)[2].ToString();

    private string NodeState(string name) => shell.World.Find<Node>(null, name) switch
    {
        null => "gone",
        { } node when Describe.IsReady(node) => "ready",
        _ => "notready",
    };

    private string? Incomplete(string name)
    {
        if (shell.World.Find<Deployment>(Resources.DefaultNamespace, name) is not { } deployment)
        {
            return "not there";
        }

        var (status, wanted) = (deployment.Status, deployment.Spec.Replicas);
        return status.ObservedGeneration == deployment.Metadata.Generation && status.UpdatedReplicas == wanted
            && status.Replicas == wanted && status.AvailableReplicas == wanted
            ? null
            : Describe.Object(deployment);
    }

    private string? NotFailed(string name) =>
        shell.World.Find<Deployment>(Resources.DefaultNamespace, name) is not { } deployment ? "not there"
        : deployment.Status.Conditions.Any(one => one is { Type: "Progressing", Status: "False" }) ? null
        : Describe.Object(deployment);
}
