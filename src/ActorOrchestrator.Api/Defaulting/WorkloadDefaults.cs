using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Defaults of what keeps pods running.</summary>
internal static class WorkloadDefaults
{
    private const int RevisionHistory = 10;
    private const int ProgressDeadlineSeconds = 600;

    public static Deployment Fill(Deployment deployment)
    {
        var spec = deployment.Spec;
        return deployment with
        {
            Spec = spec with
            {
                Replicas = spec.Replicas ?? 1,
                Strategy = Fill(spec.Strategy),
                RevisionHistoryLimit = spec.RevisionHistoryLimit ?? RevisionHistory,
                ProgressDeadlineSeconds = spec.ProgressDeadlineSeconds ?? ProgressDeadlineSeconds,
                Template = PodDefaults.Fill(spec.Template),
            },
        };
    }

    public static ReplicaSet Fill(ReplicaSet replicaSet)
    {
        var spec = replicaSet.Spec;
        return replicaSet with
        {
            Spec = spec with { Replicas = spec.Replicas ?? 1, Template = PodDefaults.Fill(spec.Template) },
        };
    }

    /// <summary>The template's labels are the selector, and the controller's own, where it has none.</summary>
    public static ReplicationController Fill(ReplicationController controller)
    {
        var (spec, metadata) = (controller.Spec, controller.Metadata);
        var labels = spec.Template?.Metadata.Labels ?? ValueMap<string>.Empty;
        return controller with
        {
            Metadata = metadata with { Labels = metadata.Labels.Count > 0 ? metadata.Labels : labels },
            Spec = spec with
            {
                Replicas = spec.Replicas ?? 1,
                Selector = spec.Selector.Count > 0 ? spec.Selector : labels,
                Template = spec.Template is null ? null : PodDefaults.Fill(spec.Template),
            },
        };
    }

    public static StatefulSet Fill(StatefulSet statefulSet)
    {
        var spec = statefulSet.Spec;
        return statefulSet with
        {
            Spec = spec with
            {
                Replicas = spec.Replicas ?? 1,
                PodManagementPolicy = spec.PodManagementPolicy ?? "OrderedReady",
                RevisionHistoryLimit = spec.RevisionHistoryLimit ?? RevisionHistory,
                Template = PodDefaults.Fill(spec.Template),
                UpdateStrategy = Fill(spec.UpdateStrategy),
                VolumeClaimTemplates = spec.VolumeClaimTemplates.Transform(StorageDefaults.Fill),
                PersistentVolumeClaimRetentionPolicy = new()
                {
                    WhenDeleted = spec.PersistentVolumeClaimRetentionPolicy?.WhenDeleted is { Length: > 0 } deleted
                        ? deleted
                        : "Retain",
                    WhenScaled = spec.PersistentVolumeClaimRetentionPolicy?.WhenScaled is { Length: > 0 } scaled
                        ? scaled
                        : "Retain",
                },
            },
        };
    }

    public static DaemonSet Fill(DaemonSet daemonSet)
    {
        var spec = daemonSet.Spec;
        return daemonSet with
        {
            Spec = spec with
            {
                RevisionHistoryLimit = spec.RevisionHistoryLimit ?? RevisionHistory,
                Template = PodDefaults.Fill(spec.Template),
                UpdateStrategy = Fill(spec.UpdateStrategy),
            },
        };
    }

    private static DeploymentStrategy Fill(DeploymentStrategy strategy)
    {
        var type = strategy.Type ?? "RollingUpdate";
        var bounds = strategy.RollingUpdate;
        return strategy with
        {
            Type = type,
            RollingUpdate = type != "RollingUpdate" ? bounds : new()
            {
                MaxUnavailable = bounds?.MaxUnavailable ?? "25%",
                MaxSurge = bounds?.MaxSurge ?? "25%",
            },
        };
    }

    private static StatefulSetUpdateStrategy Fill(StatefulSetUpdateStrategy strategy)
    {
        var type = strategy.Type ?? "RollingUpdate";
        return strategy with
        {
            Type = type,
            RollingUpdate = type != "RollingUpdate"
                ? strategy.RollingUpdate
                : new()
                {
                    Partition = strategy.RollingUpdate?.Partition ?? 0,
                    MaxUnavailable = strategy.RollingUpdate?.MaxUnavailable ?? 1,
                },
        };
    }

    private static DaemonSetUpdateStrategy Fill(DaemonSetUpdateStrategy strategy)
    {
        var type = strategy.Type ?? "RollingUpdate";
        return strategy with
        {
            Type = type,
            RollingUpdate = type != "RollingUpdate" ? strategy.RollingUpdate : new()
            {
                MaxUnavailable = strategy.RollingUpdate?.MaxUnavailable ?? 1,
                MaxSurge = strategy.RollingUpdate?.MaxSurge ?? 0,
            },
        };
    }
}
