using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using static ActorOrchestrator.Api.Tables.Printers;

namespace ActorOrchestrator.Api.Tables;

/// <summary>Pods and what runs them.</summary>
internal static class WorkloadPrinters
{
    private static readonly TableColumn[] TemplateColumns =
    [
        Wide("Containers", "Names of the template's containers."),
        Wide("Images", "Images of the template's containers."),
        Wide("Selector", "Labels by which the object finds its pods."),
    ];

    public static IEnumerable<(Type Type, KindPrinter Printer)> All =>
    [
        Of<Pod>(
            [
                Name,
                Text("Ready", "How many of the pod's containers are ready."),
                Text("Status", "What the pod does, in one word."),
                Text("Restarts", "How often its containers were restarted, and when last."),
                Age,
                Wide("IP", "Address of the pod."),
                Wide("Node", "Node that the pod runs on."),
                Wide("Nominated Node", "Node that is being cleared for the pod."),
                Wide("Readiness Gates", "How many of the pod's readiness gates are open."),
            ],
            PodRow.Cells),
        Of<PodTemplate>(
            [
                Name,
                Text("Containers", "Names of the template's containers."),
                Text("Images", "Images of the template's containers."),
                Text("Pod Labels", "Labels of pods made from the template."),
            ],
            static (template, _) =>
            [
                template.Metadata.Name,
                .. Template(template.Template, null)[..2],
                TableText.Labels(template.Template.Metadata.Labels),
            ]),
        Deployments(),
        Replicas<ReplicaSet>(static set => set),
        Replicas<ReplicationController>(static controller => controller.AsReplicaSet()),
        Of<StatefulSet>(
            [Name, Text("Ready", "Pods that are ready, of those wanted."), Age, .. TemplateColumns[..2]],
            static (statefulSet, now) =>
            [
                statefulSet.Metadata.Name,
                $"{statefulSet.Status.ReadyReplicas}/{statefulSet.Spec.Replicas ?? 0}",
                AgeOf(statefulSet, now),
                .. Template(statefulSet.Spec.Template, null)[..2],
            ]),
        DaemonSets(),
        Jobs(),
        CronJobs(),
        Of<ControllerRevision>(
            [
                Name,
                Text("Controller", "Object that the revision belongs to."),
                Number("Revision", "Number of the revision."),
                Age,
            ],
            static (revision, now) =>
                [revision.Metadata.Name, Controller(revision.Metadata), revision.Revision, AgeOf(revision, now)]),
        Autoscalers(),
    ];

    private static (Type, KindPrinter) Deployments() => Of<Deployment>(
        [
            Name,
            Text("Ready", "Pods that are ready, of those wanted."),
            Number("Up-to-date", "Pods of the current template."),
            Number("Available", "Pods that have been ready for long enough."),
            Age,
            .. TemplateColumns,
        ],
        static (deployment, now) =>
        [
            deployment.Metadata.Name,
            $"{deployment.Status.ReadyReplicas}/{deployment.Spec.Replicas ?? 0}",
            deployment.Status.UpdatedReplicas,
            deployment.Status.AvailableReplicas,
            AgeOf(deployment, now),
            .. Template(deployment.Spec.Template, deployment.Spec.Selector),
        ]);

    private static (Type, KindPrinter) Replicas<T>(Func<T, ReplicaSet> view) where T : KubeObject => Of<T>(
        [
            Name,
            Number("Desired", "Pods that are wanted."),
            Number("Current", "Pods that there are."),
            Number("Ready", "Pods that are ready."),
            Age,
            .. TemplateColumns,
        ],
        (value, now) =>
        {
            var set = view(value);
            return
            [
                set.Metadata.Name,
                set.Spec.Replicas ?? 0,
                set.Status.Replicas,
                set.Status.ReadyReplicas,
                AgeOf(set, now),
                .. Template(set.Spec.Template, set.Spec.Selector),
            ];
        });

    private static (Type, KindPrinter) Autoscalers() => Of<HorizontalPodAutoscaler>(
        [
            Name,
            Text("Reference", "Object that is scaled."),
            Text("Targets", "What is measured, and what it is to be."),
            Text("MinPods", "Fewest pods to scale to."),
            Text("MaxPods", "Most pods to scale to."),
            Number("Replicas", "Pods that there are."),
            Age,
        ],
        static (autoscaler, now) =>
        [
            autoscaler.Metadata.Name,
            $"{autoscaler.Spec.ScaleTargetRef.Kind}/{autoscaler.Spec.ScaleTargetRef.Name}",
            AutoscalerTargets.Text(autoscaler),
            autoscaler.Spec.MinReplicas is { } min ? $"{min}" : TableText.Unset,
            $"{autoscaler.Spec.MaxReplicas}",
            autoscaler.Status.CurrentReplicas,
            AgeOf(autoscaler, now),
        ]);

    private static (Type, KindPrinter) DaemonSets() => Of<DaemonSet>(
        [
            Name,
            Number("Desired", "Nodes that are to run a pod."),
            Number("Current", "Nodes that run one as they should."),
            Number("Ready", "Nodes whose pod is ready."),
            Number("Up-to-date", "Nodes whose pod is of the current template."),
            Number("Available", "Nodes whose pod has been ready for long enough."),
            Text("Node Selector", "Labels of the nodes that are to run a pod."),
            Age,
            .. TemplateColumns,
        ],
        static (daemonSet, now) =>
        [
            daemonSet.Metadata.Name,
            daemonSet.Status.DesiredNumberScheduled,
            daemonSet.Status.CurrentNumberScheduled,
            daemonSet.Status.NumberReady,
            daemonSet.Status.UpdatedNumberScheduled,
            daemonSet.Status.NumberAvailable,
            TableText.Labels(daemonSet.Spec.Template.Spec.NodeSelector),
            AgeOf(daemonSet, now),
            .. Template(daemonSet.Spec.Template, daemonSet.Spec.Selector),
        ]);

    private static (Type, KindPrinter) Jobs() => Of<Job>(
        [
            Name,
            Text("Status", "What the job does, in one word."),
            Text("Completions", "Pods that succeeded, of those wanted."),
            Text("Duration", "How long the job has run, or ran."),
            Age,
            .. TemplateColumns,
        ],
        static (job, now) =>
        [
            job.Metadata.Name,
            JobWord(job),
            Completions(job),
            job.Status.StartTime is { } start ? TableText.Duration((job.Status.CompletionTime ?? now) - start) : "",
            AgeOf(job, now),
            .. Template(job.Spec.Template, job.Spec.Selector),
        ]);

    private static (Type, KindPrinter) CronJobs() => Of<CronJob>(
        [
            Name,
            Text("Schedule", "When jobs are started, in cron's form."),
            Text("Timezone", "Time zone of the schedule."),
            new("Suspend", "boolean", 0, "Whether no jobs are started for now."),
            Number("Active", "Jobs that run."),
            Text("Last Schedule", "Time since a job was last started."),
            Age,
            .. TemplateColumns,
        ],
        static (cronJob, now) =>
        [
            cronJob.Metadata.Name,
            cronJob.Spec.Schedule,
            TableText.OrNone(cronJob.Spec.TimeZone),
            cronJob.Spec.Suspend switch { true => "True", false => "False", null => TableText.Unset },
            cronJob.Status.Active.Count,
            cronJob.Status.LastScheduleTime is { } last ? TableText.Since(last, now) : TableText.None,
            AgeOf(cronJob, now),
            .. Template(cronJob.Spec.JobTemplate.Spec.Template, cronJob.Spec.JobTemplate.Spec.Selector),
        ]);

    private static TableCell[] Template(PodTemplateSpec template, LabelSelector? selector)
    {
        var (names, images) = TableText.Containers(template.Spec.Containers);
        return [names, images, TableText.Selector(selector)];
    }

    private static string JobWord(Job job)
    {
        bool Has(string type) =>
            job.Status.Conditions.Any(condition => condition.Type == type && condition.Status == "True");
        return Has("Complete") ? "Complete"
            : Has("Failed") ? "Failed"
            : job.Metadata.DeletionTimestamp is not null ? "Terminating"
            : Has("Suspended") ? "Suspended"
            : Has("FailureTarget") ? "FailureTarget"
            : Has("SuccessCriteriaMet") ? "SuccessCriteriaMet"
            : "Running";
    }

    private static string Completions(Job job) => job.Spec switch
    {
        { Completions: { } wanted } => $"{job.Status.Succeeded}/{wanted}",
        { Parallelism: > 1 and var parallel } => $"{job.Status.Succeeded}/1 of {parallel}",
        _ => $"{job.Status.Succeeded}/1",
    };

    private static string Controller(ObjectMeta metadata)
    {
        if (metadata.OwnerReferences.FirstOrDefault(owner => owner.Controller == true) is not { } owner)
        {
            return TableText.None;
        }

        var slash = owner.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : "." + owner.ApiVersion[..slash];
        return $"{owner.Kind.ToLowerInvariant()}{group}/{owner.Name}";
    }
}
