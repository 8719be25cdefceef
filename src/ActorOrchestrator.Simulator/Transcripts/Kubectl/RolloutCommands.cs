using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Simulator.Transcripts.Kubectl;

/// <summary><c>kubectl rollout status | history | undo | pause | resume | restart</c> of Deployments.</summary>
internal sealed class RolloutCommands(Shell shell, ApiSession api)
{
    private const string RevisionAnnotation = "deployment.kubernetes.io/revision";
    private const string HashLabel = "pod-template-hash";
    private static readonly TimeSpan StatusMax = TimeSpan.FromMinutes(10);

    public void Execute(Arguments arguments)
    {
        var (target, _) = Resources.One(arguments, 2);
        if (target.Kind.ClrType != typeof(Deployment))
        {
            throw new CommandException($"error: no rollouts of {target.Kind.Plural} here");
        }

        switch (arguments.Word(1, "the rollout's command"))
        {
            case "status":
                Status(target, arguments.Flag("timeout") is { } given ? Words.Span(given) : StatusMax);
                break;
            case "history":
                History(target);
                break;
            case "undo":
                Undo(target, Words.Number(arguments.Flag("to-revision") ?? "0"));
                break;
            case "pause":
                SetPaused(target, isPaused: true);
                break;
            case "resume":
                SetPaused(target, isPaused: false);
                break;
            case "restart":
                Restart(target);
                break;
            case var other:
                throw new CommandException($"error: unknown command \"rollout {other}\"");
        }
    }

    /// <summary>Each state once, until the end.</summary>
    private void Status(Target target, TimeSpan within)
    {
        var end = shell.World.Now + within;
        var last = "";
        while (true)
        {
            var answer = api.TrySend("GET", target.Path);
            if (answer.Code is not (0 or HttpCode.ServiceUnavailable))
            {
                var deployment = (Deployment)KubeJson.ReadObject(
                    Encoding.UTF8.GetBytes(ApiSession.Answered(answer).ToJsonString()));
                var (text, isDone) = StatusOf(deployment);
                if (text != last)
                {
                    shell.Say(text);
                }

                if (isDone)
                {
                    return;
                }

                last = text;
            }

            if (shell.World.Now >= end)
            {
                throw new CommandException("error: timed out waiting for the condition");
            }

            shell.World.Pass(TimeSpan.FromSeconds(1));
        }
    }

    private static (string Text, bool IsDone) StatusOf(Deployment deployment)
    {
        var (name, status) = (deployment.Metadata.Name, deployment.Status);
        var waiting = $"Waiting for deployment \"{name}\" rollout to finish:";
        if (deployment.Metadata.Generation > status.ObservedGeneration)
        {
            return ("Waiting for deployment spec update to be observed...", false);
        }

        if (status.Conditions.Any(one => one is { Type: "Progressing", Reason: "ProgressDeadlineExceeded" }))
        {
            return ($"error: deployment \"{name}\" exceeded its progress deadline", true);
        }

        var wanted = deployment.Spec.Replicas ?? 1;
        return status.UpdatedReplicas < wanted
            ? ($"{waiting} {status.UpdatedReplicas} out of {wanted} new replicas have been updated...", false)
            : status.Replicas > status.UpdatedReplicas
            ? ($"{waiting} {status.Replicas - status.UpdatedReplicas} old replicas are pending termination...", false)
            : status.AvailableReplicas < status.UpdatedReplicas
            ? ($"{waiting} {status.AvailableReplicas} of {status.UpdatedReplicas} updated replicas are available...",
                false)
            : ($"deployment \"{name}\" successfully rolled out", true);
    }

    private void History(Target target)
    {
        shell.Say($"{target}");
        shell.Say("REVISION  CHANGE-CAUSE");
        foreach (var revision in Revisions(target).Keys)
        {
            shell.Say($"{revision,-10}<none>");
        }
    }

    private void Undo(Target target, int revision)
    {
        var deployment = api.Get<Deployment>(target.Namespace, target.Name);
        if (deployment.Spec.Paused)
        {
            throw new CommandException(
                "error: you cannot rollback a paused deployment; resume it first with "
                + $"'kubectl rollout resume {target}' and try again");
        }

        var revisions = Revisions(target);
        var wanted = revision == 0 ? revisions.Keys.SkipLast(1).LastOrDefault() : revision;
        if (!revisions.TryGetValue(wanted, out var set))
        {
            throw new CommandException(revision == 0
                ? $"error: no rollout history found for deployment \"{target.Name}\""
                : $"error: unable to find specified revision {revision} in history");
        }

        var old = set.Spec.Template;
        var labels = ValueMap<string>.From(old.Metadata.Labels.Where(label => label.Key != HashLabel));
        var template = old with { Metadata = old.Metadata with { Labels = labels } };
        if (template == deployment.Spec.Template)
        {
            shell.Say($"{target} skipped rollback (current template already matches revision {wanted})");
            return;
        }

        var json = Encoding.UTF8.GetString(KubeJson.Encode(template));
        api.Send(
            "PATCH", target.Path, $$"""[{"op":"replace","path":"/spec/template","value":{{json}}}]""",
            ApiSession.JsonPatch);
        shell.Say($"{target} rolled back");
    }

    private void SetPaused(Target target, bool isPaused)
    {
        if (api.Get<Deployment>(target.Namespace, target.Name).Spec.Paused == isPaused)
        {
            throw new CommandException($"error: {target} is {(isPaused ? "already" : "not")} paused");
        }

        api.Send(
            "PATCH", target.Path, $$$"""{"spec":{"paused":{{{(isPaused ? "true" : "null")}}}}}""",
            ApiSession.StrategicPatch);
        shell.Say($"{target} {(isPaused ? "paused" : "resumed")}");
    }

    private void Restart(Target target)
    {
        var annotations = new JsonObject
        {
            ["kubectl.kubernetes.io/restartedAt"] = shell.World.Now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        };
        var template = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
        var patch = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } };
        api.Send("PATCH", target.Path, patch.ToJsonString(), ApiSession.StrategicPatch);
        shell.Say($"{target} restarted");
    }

    /// <summary>The Deployment's ReplicaSets by their revision.</summary>
    private SortedDictionary<int, ReplicaSet> Revisions(Target target)
    {
        var uid = api.Get(target.Path)["metadata"]!["uid"]!.ToString();
        var revisions = new SortedDictionary<int, ReplicaSet>();
        foreach (var set in api.List(KindRegistry.Of<ReplicaSet>(), target.Namespace, null).Cast<ReplicaSet>())
        {
            if (set.Metadata.OwnerReferences.Any(owner => owner.Uid == uid)
                && set.Metadata.Annotations.TryGetValue(RevisionAnnotation, out var revision))
            {
                revisions[Words.Number(revision)] = set;
            }
        }

        return revisions;
    }
}
