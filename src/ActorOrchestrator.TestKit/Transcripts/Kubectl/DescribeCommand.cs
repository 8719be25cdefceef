using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Tables;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary>A short <c>kubectl describe</c>: how it stands, its conditions with their reasons, its events.</summary>
internal sealed class DescribeCommand(Shell shell, ApiSession api)
{
    public void Execute(Arguments arguments)
    {
        var (target, _) = Resources.One(arguments, 1);
        var named = api.List(target.Kind, target.Kind.Namespaced ? target.Namespace : null, null)
            .FirstOrDefault(value => value.Metadata.Name == target.Name);
        if (named is null)
        {
            api.Get(target.Path);
            return;
        }

        Line("Name:", target.Name);
        foreach (var (title, value) in Facts(named))
        {
            Line(title, value);
        }

        if (Conditions(named) is { Count: > 0 } conditions)
        {
            shell.Say("Conditions:");
            conditions.ForEach(condition => shell.Say($"  {condition}"));
        }

        Events(named);
    }

    private static IEnumerable<(string Title, string Value)> Facts(KubeObject value)
    {
        switch (value)
        {
            case Pod pod:
                yield return ("Node:", pod.Spec.NodeName ?? "<none>");
                yield return ("Status:", Tables.Cells(pod, pod.Metadata.CreationTimestamp ?? default)[2].ToString());
                foreach (var container in pod.Status.ContainerStatuses)
                {
                    yield return ($"  {container.Name}:", Describe(container));
                }

                break;
            case Deployment deployment:
                var status = deployment.Status;
                yield return ("Replicas:", $"{deployment.Spec.Replicas} desired | {status.UpdatedReplicas} updated | "
                    + $"{status.Replicas} total | {status.AvailableReplicas} available | "
                    + $"{status.UnavailableReplicas} unavailable");
                break;
            case Node node:
                yield return ("Unschedulable:", node.Spec.Unschedulable ? "true" : "false");
                yield return ("Taints:", node.Spec.Taints.Count == 0
                    ? "<none>"
                    : string.Join(", ", node.Spec.Taints.Select(taint => $"{taint.Key}:{taint.Effect}")));
                break;
        }
    }

    private static string Describe(ContainerStatus container)
    {
        var state = container.State;
        var text = state.Running is not null ? "Running"
            : state.Terminated is { } ended ? $"Terminated ({ended.Reason}, exit code {ended.ExitCode})"
            : $"Waiting ({state.Waiting?.Reason})";
        var last = container.LastState.Terminated is { } before
            ? $", before that {before.Reason} with exit code {before.ExitCode}"
            : "";
        return $"{text}, restarts {container.RestartCount}{last}";
    }

    private static List<string> Conditions(KubeObject value) => value switch
    {
        Pod pod => [.. pod.Status.Conditions.Select(one => Show(one.Type, one.Status, one.Reason, one.Message))],
        Deployment deployment =>
            [.. deployment.Status.Conditions.Select(one => Show(one.Type, one.Status, one.Reason, one.Message))],
        Node node => [.. node.Status.Conditions.Select(one => Show(one.Type, one.Status, one.Reason, one.Message))],
        _ => [],
    };

    private static string Show(string? type, string? status, string? reason, string? message) =>
        $"{type} {status} {reason}{(string.IsNullOrEmpty(message) ? "" : $": {message}")}".TrimEnd();

    private void Events(KubeObject about)
    {
        var told = api.List(KindRegistry.Of<Event>(), about.Metadata.Namespace ?? Resources.DefaultNamespace, null)
            .Cast<Event>().Where(one => one.InvolvedObject.Kind == about.Kind
                && one.InvolvedObject.Name == about.Metadata.Name)
            .OrderBy(one => one.FirstTimestamp).ThenBy(one => one.Reason, StringComparer.Ordinal).ToList();
        shell.Say(told.Count == 0 ? "Events: <none>" : "Events:");
        told.ForEach(one => shell.Say(
            $"  {one.Type} {one.Reason}{(one.Count > 1 ? $" (x{one.Count})" : "")}: {one.Message}"));
    }

    private void Line(string title, string value) => shell.Say($"{title,-16}{value}");
}
