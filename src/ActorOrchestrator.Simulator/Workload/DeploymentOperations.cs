using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What users do with Deployments and ReplicaSets.</summary>
internal static class DeploymentOperations
{
    /// <summary>More would only slow the run down.</summary>
    private const int DeploymentsMax = 8;

    /// <summary>About as long as a change and its first consequences take.</summary>
    private static readonly TimeSpan HurryPauseMost = TimeSpan.FromMilliseconds(30);

    private static readonly string[] Propagations = ["Background", "Foreground", "Orphan"];

    public static readonly IReadOnlyList<Operation> All =
    [
        new("deployment-create", CreateAsync) { IsAlways = true },
        new("deployment-scale", ScaleAsync),
        new("deployment-image", SetImageAsync),
        new("deployment-strategy", SetStrategyAsync),
        new("deployment-pause", PauseAsync),
        new("deployment-undo", UndoAsync),
        new("deployment-restart", RestartAsync),
        new("deployment-hurry", HurryAsync),
        new("deployment-delete", DeleteAsync),
        new("replicaset-scale", ScaleReplicaSetAsync),
        new("replicaset-delete", DeleteReplicaSetAsync),
    ];

    private static async Task CreateAsync(WorkloadContext user)
    {
        if (user.World.Truth.All<Deployment>().Count() < DeploymentsMax)
        {
            var @namespace = user.Dice.Pick(WorkloadContext.Namespaces);
            await user.CreateAsync(Templates.Deployment(user.Dice, user.NextName("web"), @namespace));
        }
    }

    private static Task ScaleAsync(WorkloadContext user) =>
        user.Pick<Deployment>() is { } deployment ? ScaleAsync(user, deployment) : Task.CompletedTask;

    private static Task ScaleAsync(WorkloadContext user, Deployment deployment)
    {
        var patch = $$$"""{"spec":{"replicas":{{{user.Dice.Below(8)}}}}}""";
        return user.PatchAsync(deployment, patch, user.Dice.Chance(0.5) ? "/scale" : "");
    }

    private static Task SetImageAsync(WorkloadContext user) =>
        user.Pick<Deployment>() is { } deployment ? SetImageAsync(user, deployment) : Task.CompletedTask;

    private static Task SetImageAsync(WorkloadContext user, Deployment deployment)
    {
        var template = deployment.Spec.Template;
        var container = template.Spec.Containers[0] with { Image = Templates.AnyImage(user.Dice) };
        var spec = template.Spec with { Containers = [container] };
        return user.PatchAsync(deployment, TemplatePatch(template with { Spec = spec }));
    }

    /// <summary>Changes that come before the last one is carried out, and overtake each other on their way.</summary>
    private static async Task HurryAsync(WorkloadContext user)
    {
        if (user.Pick<Deployment>() is not { } deployment)
        {
            return;
        }

        var sent = new List<Task>();
        for (var left = user.Dice.Between(2, 5); left > 0; left--)
        {
            sent.Add(user.Dice.Chance(0.7) ? SetImageAsync(user, deployment) : ScaleAsync(user, deployment));
            await Task.Delay(user.Dice.Between(TimeSpan.Zero, HurryPauseMost), user.Client.Process.Clock);
        }

        await Task.WhenAll(sent);
    }

    private static async Task SetStrategyAsync(WorkloadContext user)
    {
        if (user.Pick<Deployment>() is { } deployment)
        {
            await user.ReplaceAsync(deployment with
            {
                Spec = deployment.Spec with { Strategy = Templates.Strategy(user.Dice) },
            });
        }
    }

    private static async Task PauseAsync(WorkloadContext user)
    {
        if (user.Pick<Deployment>() is { } deployment)
        {
            var paused = deployment.Spec.Paused ? "false" : "true";
            await user.PatchAsync(deployment, $$$"""{"spec":{"paused":{{{paused}}}}}""");
        }
    }

    /// <summary>As <c>kubectl rollout undo</c>: the template of an older ReplicaSet.</summary>
    private static async Task UndoAsync(WorkloadContext user)
    {
        if (user.Pick<Deployment>() is not { } deployment)
        {
            return;
        }

        var older = user.Pick<ReplicaSet>(set =>
            set.Metadata.OwnerReferences.Any(owner => owner.Uid == deployment.Metadata.Uid));
        if (older is not null)
        {
            var labels = older.Spec.Template.Metadata.Labels.Where(label => label.Key != "pod-template-hash");
            var template = older.Spec.Template with
            {
                Metadata = older.Spec.Template.Metadata with { Labels = ValueMap<string>.From(labels) },
            };
            await user.PatchAsync(deployment, TemplatePatch(template));
        }
    }

    private static async Task RestartAsync(WorkloadContext user)
    {
        if (user.Pick<Deployment>() is { } deployment)
        {
            var now = user.World.Loop.Now.ToString("O");
            await user.PatchAsync(deployment, """
                {"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"AT"}}}}}
                """.Replace("AT", now, StringComparison.Ordinal));
        }
    }

    private static async Task DeleteAsync(WorkloadContext user)
    {
        if (user.Pick<Deployment>() is { } deployment)
        {
            await user.DeleteAsync(
                deployment, $$"""{"propagationPolicy":"{{user.Dice.Pick(Propagations)}}"}""");
        }
    }

    /// <summary>An owner puts right what somebody did behind its back; a set without one keeps it.</summary>
    private static async Task ScaleReplicaSetAsync(WorkloadContext user)
    {
        if (user.Pick<ReplicaSet>() is { } set)
        {
            await user.PatchAsync(set, $$$"""{"spec":{"replicas":{{{user.Dice.Below(5)}}}}}""");
        }
    }

    private static async Task DeleteReplicaSetAsync(WorkloadContext user)
    {
        if (user.Pick<ReplicaSet>() is { } set)
        {
            await user.DeleteAsync(set, $$"""{"propagationPolicy":"{{user.Dice.Pick(Propagations)}}"}""");
        }
    }

    private static string TemplatePatch(PodTemplateSpec template)
    {
        var json = System.Text.Encoding.UTF8.GetString(KubeJson.Encode(template));
        return $$$"""{"spec":{"template":{{{json}}}}}""";
    }
}
