using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;

namespace ActorOrchestrator.Domain.Tests.Jobs;

internal static class JobBuilder
{
    public static readonly EntityKey Key = new("jobs.batch", "default", "work");

    public static Job Make(JobSpec spec, string restartPolicy = "Never") => Defaults.Apply(new Job
    {
        Metadata = new ObjectMeta { Name = Key.Name, Namespace = Key.Namespace },
        Spec = spec with
        {
            Template = new PodTemplateSpec
            {
                Spec = new PodSpec
                {
                    RestartPolicy = restartPolicy,
                    Containers = [new Container { Name = "main", Image = "v1" }],
                },
            },
        },
    });
}
