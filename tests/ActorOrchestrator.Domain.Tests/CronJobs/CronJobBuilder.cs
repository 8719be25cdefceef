using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;

namespace ActorOrchestrator.Domain.Tests.CronJobs;

internal static class CronJobBuilder
{
    public static readonly EntityKey Key = new("cronjobs.batch", "default", "report");

    public static CronJob Make(CronJobSpec spec) => Defaults.Apply(new CronJob
    {
        Metadata = new ObjectMeta { Name = Key.Name, Namespace = Key.Namespace },
        Spec = spec with
        {
            JobTemplate = new JobTemplateSpec
            {
                Metadata = new ObjectMeta { Labels = ValueMap<string>.From([KeyValuePair.Create("app", "report")]) },
                Spec = new JobSpec
                {
                    BackoffLimit = 0,
                    Template = new PodTemplateSpec
                    {
                        Spec = new PodSpec
                        {
                            RestartPolicy = "Never",
                            Containers = [new Container { Name = "main", Image = "v1" }],
                        },
                    },
                },
            },
        },
    });
}
